"""The commands that start and describe the console: demo, prepare_demo, serve, settings_list."""
