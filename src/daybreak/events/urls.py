"""The addresses of the ledger, below /desk/."""

from __future__ import annotations

from django.urls import URLPattern, path, re_path

from daybreak.events.views import charts, ledger, maps, numbers, operations, prices, seizures, staffing

_FILE = r"\.(?P<sheet>csv|xlsx)$"
_DRAWN = r"/chart\.(?P<form>svg|png|csv)$"

urlpatterns: list[URLPattern] = [
    path("ledger", ledger.ledger, name="ledger"),
    re_path(rf"^ledger{_FILE}", ledger.ledger_file, name="ledger_file"),
    path("ledger/<uuid:handle>", ledger.event, name="ledger_event"),
    path("ledger/time", charts.over_time, name="ledger_time"),
    re_path(rf"^ledger/time{_DRAWN}", charts.over_time_drawn, name="ledger_time_chart"),
    path("ledger/substances", charts.over_substances, name="ledger_substances"),
    re_path(rf"^ledger/substances{_DRAWN}", charts.over_substances_drawn, name="ledger_substances_chart"),
    path("ledger/map", maps.area_map, name="ledger_map"),
    re_path(rf"^ledger/map{_DRAWN}", maps.area_map_drawn, name="ledger_map_chart"),
    path("ledger/deaths", numbers.deaths, name="ledger_deaths"),
    path("ledger/disagree", numbers.disagree, name="ledger_disagree"),
    path("ledger/compare", numbers.comparison, name="ledger_compare"),
    path("ledger/figures/new", numbers.figure_new, name="figure_new"),
    path("seizures", seizures.seizures, name="seizures"),
    re_path(rf"^seizures{_FILE}", seizures.seizures_file, name="seizures_file"),
    path("seizures/<uuid:handle>", seizures.seizure, name="seizure"),
    path("operations", operations.operation_list, name="operations"),
    path("operations/new", operations.operation_new, name="operation_new"),
    path("operations/<uuid:public_id>", operations.operation, name="operation"),
    path("prices", prices.price_list, name="prices"),
    path("prices/new", prices.price_new, name="price_new"),
    path("prices/<uuid:public_id>", prices.price, name="price"),
    path("staffing", staffing.staffing_page, name="staffing"),
    path("staffing/posts/new", staffing.post_new, name="post_new"),
    path("staffing/assign", staffing.assignment_new, name="assignment_new"),
]
