"""Addresses of this feature."""

from django.urls import path

from console.people.views import grants, groups, people

app_name = "people"
urlpatterns = [
    path("", people.people_list, name="list"),
    path("add/", people.add, name="add"),
    path("<int:person_id>/", people.detail, name="detail"),
    path("<int:person_id>/change/", people.change, name="change"),
    path("<int:person_id>/disable/", people.disable, name="disable"),
    path("<int:person_id>/enable/", people.enable, name="enable"),
    path("<int:person_id>/password/", people.password, name="password"),
    path("<int:person_id>/end-sessions/", people.end_sessions, name="end_sessions"),
    path("<int:person_id>/roles/add/", grants.give_person, name="grant_person"),
    path("roles/<int:grant_id>/remove/", grants.take, name="remove_grant"),
    path("groups/", groups.group_list, name="groups"),
    path("groups/add/", groups.add, name="add_group"),
    path("groups/<int:group_id>/", groups.detail, name="group"),
    path("groups/<int:group_id>/rename/", groups.rename, name="rename_group"),
    path("groups/<int:group_id>/delete/", groups.delete, name="delete_group"),
    path("groups/<int:group_id>/members/add/", groups.add_member, name="add_member"),
    path("groups/<int:group_id>/members/<int:person_id>/remove/", groups.remove_member, name="remove_member"),
    path("groups/<int:group_id>/roles/add/", grants.give_group, name="grant_group"),
]
