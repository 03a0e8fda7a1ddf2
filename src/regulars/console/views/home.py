"""The first page: whether customers come back, in figures and charts, each with its definition and its data."""

import csv

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from regulars.console import board, charts, period_menu
from regulars.console.definitions import DEFINITIONS
from regulars.console.shop import screen
from regulars.console.tiles import said
from regulars.insight import periods
from regulars.insight.queries import compared
from regulars.intake.reading.cells import harmless
from regulars.storefront.shop import Shop

BYTE_ORDER_MARK = "\ufeff"  # or Excel takes Chinese for noise


@screen("insight:read")
def home(request: HttpRequest, shop: Shop) -> HttpResponse:
    lake = shop.lake
    if lake is None:
        return render(request, "console/home_empty.html", {"shop": shop})
    asked = period_menu.asked(request.GET, lake.manifest.today)
    return render(request, "console/home.html", {"shop": shop, **board.board(lake, asked)})


@screen("insight:read")
def figure(request: HttpRequest, shop: Shop, definition: str) -> HttpResponse:
    lake = shop.lake
    if lake is None or definition not in DEFINITIONS:
        raise Http404
    asked = period_menu.asked(request.GET, lake.manifest.today)
    found = compared(lake, definition, asked.period, asked.comparison)
    beside = periods.compared(asked.period, asked.comparison) if found.before else None
    return render(request, "console/figure.html", {"shop": shop, "asked": asked, "said": said(found, beside)})


@screen("insight:read")
def chart_csv(request: HttpRequest, shop: Shop, name: str) -> HttpResponse:
    """The table behind a chart, for a spreadsheet."""
    lake = shop.lake
    if lake is None or name not in charts.EMPTY:
        raise Http404
    asked = period_menu.asked(request.GET, lake.manifest.today)
    drawing = charts.chart(lake, name, asked.period).drawing
    file = f"{shop.slug}-{name}-{asked.period}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{file}"'}
    response = HttpResponse(BYTE_ORDER_MARK, content_type="text/csv; charset=utf-8", headers=headers)
    if drawing:
        lines = [drawing.table.columns, *drawing.table.rows]
        csv.writer(response).writerows([harmless(cell) for cell in line] for line in lines)
    return response
