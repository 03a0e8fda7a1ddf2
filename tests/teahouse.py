"""A tea house in Taipei with thirteen months of invented orders, always the same, brought in through the real rooms.

It lives on a test clock: at noon of 5 March 2026. Most customers are members, some are known by number alone, some come
as guests; some goods are brought back.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from django.db import transaction

from regulars.engine.calendar import datetime_of, instant_of
from regulars.engine.facts import Line, RefundLine
from regulars.intake.actions import take_orders
from regulars.intake.orders import OrderIn, RefundIn
from regulars.ledger.connect import raw
from regulars.ledger.due import advance_due
from regulars.members.actions import Newcomer, enrol
from regulars.programs.actions import publish
from regulars.programs.clock import real_now
from regulars.programs.queries import Published

TAIPEI = ZoneInfo("Asia/Taipei")
OPENED = datetime(2025, 2, 1, 10, tzinfo=TAIPEI)
NOW = datetime(2026, 3, 5, 12, tzinfo=TAIPEI)
DOCUMENT = """
program: tea-house
name: {en: Tea House Rewards, zh-Hant: 茶屋熟客, zh-Hans: 茶屋熟客}
timezone: Asia/Taipei
currency: TWD
wallets:
  points:
    unit: {en: [point, points], zh-Hant: 點, zh-Hans: 积分}
    worth: 10 TWD per 100
    pending: 7 days
    expires: 6 months, end of month
    when_short: deficit
tiers:
  - set: status
    window: rolling 12 months
    levels:
      - {tier: member, name: {en: Member, zh-Hant: 會員, zh-Hans: 会员}}
      - {tier: silver, reach: 6000, retain: 4000, name: {en: Silver, zh-Hant: 銀葉, zh-Hans: 银叶}}
      - {tier: gold, reach: 15000, retain: 10000, name: {en: Gold, zh-Hant: 金葉, zh-Hans: 金叶}}
earn:
  - rule: base
    name: {en: Points on every order, zh-Hant: 消費積點, zh-Hans: 消费积分}
    on: order
    give: 1 point per 10 TWD
    round: down per order
  - rule: double-tea
    name: {en: Double points on oolong, zh-Hant: 烏龍雙倍, zh-Hans: 乌龙双倍}
    on: order
    when: {category: oolong}
    multiply: {base: 2}
  - rule: welcome
    name: {en: Welcome, zh-Hant: 入會禮, zh-Hans: 入会礼}
    on: enrolment
    give: 50 points
"""
# What the house gives for points, for those who look after that.
REWARDS = """
rewards:
  - reward: tea-sampler
    name: {en: Tea sampler, zh-Hant: 茶包組, zh-Hans: 茶包组}
    costs: 30 points
    gives: {product: TEA-SAMPLER}
    limit: 2 per month
    stock: 40
  - reward: cake-on-us
    name: {en: A cake on us, zh-Hant: 招待蛋糕, zh-Hans: 招待蛋糕}
    costs: 60 points
    gives: {product_from: cake}
  - reward: hundred-off
    name: {en: NT$100 off, zh-Hant: 折抵 100 元, zh-Hans: 抵扣 100 元}
    costs: 80 points
    costs_for: {gold: 60 points}
    gives: {discount: 100 TWD, order_at_least: 500 TWD}
    valid: 30 days
    terms: {en: Not for gift cards., zh-Hant: 不適用於禮品卡。, zh-Hans: 不适用于礼品卡。}
  - reward: tasting
    name: {en: Spring tasting, zh-Hant: 春茶品茗會, zh-Hans: 春茶品茗会}
    costs: 50 points
    gives: {event: spring-tasting}
    stock: 12
    approval: true
  - reward: garden
    name: {en: A day in the tea garden, zh-Hant: 茶園一日遊, zh-Hans: 茶园一日游}
    costs: 300 points
    gives: {event: garden-day}
    when: {tier: gold}
    from: 2026-04-01
    until: 2026-04-30
  - reward: museum
    name: {en: Museum ticket, zh-Hant: 博物館門票, zh-Hans: 博物馆门票}
    costs: 40 points
    gives: {voucher: museum}
    valid: 90 days
coupons:
  - coupon: first-cup
    name: {en: Ten percent off your first order, zh-Hant: 首購九折, zh-Hans: 首单九折}
    gives: {discount: 10%, at_most: 100 TWD}
    code: FIRSTCUP
    first_order_only: true
  - coupon: spring
    name: {en: Spring letter, zh-Hant: 春季信函, zh-Hans: 春季信函}
    gives: {discount: 50 TWD}
    codes: batch
    budget: 5000 TWD
    until: 2026-05-31
  - coupon: friend
    name: {en: For a friend, zh-Hant: 邀請好友, zh-Hans: 邀请好友}
    gives: {discount: 50 TWD}
    codes: personal
"""
WHEEL = """\
  - reward: wheel
    name: {en: Lucky wheel, zh-Hant: 幸運轉盤, zh-Hans: 幸运转盘}
    costs: 20 points
    gives:
      draw:
        - {prize: pot, name: {en: A tea pot, zh-Hant: 茶壺, zh-Hans: 茶壶}, odds: 1 in 100, reward: cake-on-us}
        - {prize: sampler, name: {en: Tea bags, zh-Hant: 茶包, zh-Hans: 茶包}, odds: 0.5%, reward: tea-sampler}
        - {prize: points, name: {en: Points, zh-Hant: 點數, zh-Hans: 积分}, odds: 1 in 4, credit: 200 points}
        - {prize: smile, name: {en: A smile, zh-Hant: 一個微笑, zh-Hans: 一个微笑}, odds: 50%}
    limit: 3 per day
"""
# The same with a lucky draw.
DRAWING = REWARDS.replace("coupons:", WHEEL + "coupons:")
GOODS = (
    ("OOL-1", "oolong", 49900),
    ("OOL-2", "oolong", 68000),
    ("BLK-1", "black-tea", 32000),
    ("GRN-1", "green-tea", 28000),
    ("CUP-1", "cups", 35000),
    ("CAKE-1", "cake", 12000),
)
FAMILY = "陳林黃張李王吳劉蔡楊許鄭謝洪郭邱曾廖賴徐"
GIVEN = ("雅婷", "怡君", "志明", "家豪", "淑芬", "俊傑", "美玲", "建宏", "佳蓉", "宗翰", "欣怡", "承恩")


def open_teahouse(customers: int = 90, more: str = "") -> Published:
    """Publish the program, with `more` in its document, and take the whole history in."""
    offset = instant_of(NOW) - real_now()
    program = publish("tea-house", DOCUMENT + more, instant_of(OPENED) - 1, "test", clock_offset_us=offset)
    orders = sorted(_history(program, customers), key=lambda order: order.paid_at or 0)
    for begin in range(0, len(orders), 500):
        take_orders(program, orders[begin : begin + 500], instant_of(NOW))
    with transaction.atomic():
        advance_due(raw(), program.programs, instant_of(NOW), customers + 1)
    return program


def _history(program: Published, customers: int) -> Iterator[OrderIn]:
    chance = Random(20260305)
    for number in range(customers):
        yield from _customer(program, chance, number)
    for number in range(customers // 3):
        day = OPENED + timedelta(days=chance.randrange(395))
        yield _order(chance, f"G-{number}", None, day)


def _customer(program: Published, chance: Random, number: int) -> Iterator[OrderIn]:
    """From a first visit on, a customer returns in some months; a few come every week, many come once."""
    external_id = f"{1001 + number}"
    first = OPENED + timedelta(days=int(390 * chance.random() ** 2), hours=chance.randrange(9))
    if chance.random() < 0.8:
        _enrol(program, chance, external_id, first)
    habit = chance.choice((0.05, 0.2, 0.45, 0.7, 0.95))
    day, visit = first, 0
    while day < NOW:
        if visit == 0 or chance.random() < habit:
            yield _order(chance, f"{external_id}-{visit}", external_id, day + timedelta(minutes=chance.randrange(400)))
        visit += 1
        day += timedelta(days=chance.randrange(9, 32))


def _enrol(program: Published, chance: Random, external_id: str, first: datetime) -> None:
    name = chance.choice(FAMILY) + chance.choice(GIVEN)
    newcomer = Newcomer(
        external_id=external_id, name=name, email=f"c{external_id}@example.org", phone=f"0912-{external_id}00"[:11]
    )
    enrol(program.programs, newcomer, instant_of(first) - 60_000_000, "store", instant_of(NOW))


def _order(chance: Random, number: str, customer: str | None, paid: datetime) -> OrderIn:
    picked = chance.sample(GOODS, chance.choice((1, 1, 2, 3)))
    lines = tuple(
        Line(str(place), sku, quantity := chance.choice((1, 1, 2)), price * quantity, category)
        for place, (sku, category, price) in enumerate(picked, 1)
    )
    paid_at = min(instant_of(paid), instant_of(NOW) - 60_000_000)
    came_back = chance.random() < 0.04
    returned_at = min(paid_at + 3 * 86_400_000_000, instant_of(NOW) - 1)
    refunds = (RefundIn("R-1", returned_at, (RefundLine("1", 1),)),) if came_back else ()
    channel = chance.choice(("store", "store", "web"))
    store = "Dihua Street" if channel == "store" else ""
    return OrderIn(
        "till",
        number,
        lines,
        customer,
        paid_at=paid_at,
        version_at=paid_at,
        refunds=refunds,
        channel=channel,
        store=store,
    )


def local(instant: int) -> datetime:
    return datetime_of(instant).astimezone(TAIPEI)
