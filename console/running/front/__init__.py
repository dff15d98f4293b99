"""What stands between the network and the application: whole requests, few of a client, a bounded number at once.

A request takes a thread when its body is there, and gives it back when its answer is there; how fast a client sends and
reads costs no thread. Only the files that people take out hold one of a few threads of their own while they are read.
"""
