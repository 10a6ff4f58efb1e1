"""What English itself contributes to a question: words that carry no business meaning, and cues.

Everything here is language, nothing is vocabulary of an enterprise. Words are in the normal form of
`ecp.domain.words`.
"""

from __future__ import annotations

from typing import Literal

from ecp.domain import explaining
from ecp.domain.values import Value

CueKind = Literal[
    "group", "compare", "contrast", "exclude", "top", "bottom", "sort", "sort_up", "definition", "lineage",
    "catalogue", "trend", "more", "less", "at_least", "at_most"
]  # fmt: skip
Side = Literal["up", "down", "better", "worse"]


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


def _pairs(text: str) -> dict[str, str]:
    return dict(pair.split(":") for pair in text.split())


ARTICLES_AND_PREPOSITIONS = _words(
    "a an the of in on at for to from with within into over under by per as about during between among across and or "
    "but nor so than then that this these those there here it its their them they he she his her you your our we my "
    "me i us one s t u ur also plus along via through throughout onto upon alongside whether"
)
EVERY = _words("each every")
EACH = EVERY | {"per"}
ARTICLES = _words("a an the")
AUXILIARIES = _words(
    "is are was were be been being am do doe did done doing has have had having will would shall should can could may "
    "might must let"
)
QUESTION_WORDS = _words("what which who whom whose where when why how much many")
REQUESTS = _words(
    "show give tell display provide get fetch pull find see list report present return bring calculate compute want "
    "plot chart graph visualise visualize draw summarise summarize need like know look looking interested wondering "
    "retrieve obtain extract output remind understand identify determine "
    "wonder curious trying try able please pls plz kindly help check hi hello hey dear thank thanks thx cheers ok okay"
)
LIGHT_VERBS = _words(
    "make made generate generated earn earned got go went gone come came achieve achieved recorded reported "
    "stand stood reach reached happened happen look looked saw seen run ran use used say said been book booked post "
    "posted amount amounted bring brought"
)
FILLERS = _words(
    "figure number count value amount total overall level result data information info stat statistic metric "
    "measure kpi just only also all entire whole exact exactly actual actually company business organisation "
    "organization enterprise everyone everything any each every both specifically respective current currently "
    "latest now present presently respectively analysis analytic reporting purpose together combined altogether "
    "overview snapshot summary either nr num tot really quick quickly today detail everywhere anywhere anything "
    "everybody anyone anybody aggregate aggregated combination specific particular noticeable "
    "notable"
)
VERBS = REQUESTS | LIGHT_VERBS | _words("reporting")
# Before a noun, in one word, they say which of the things are meant: "superheroes".
PREFIXES = _words("super sub non ex co micro mini mega ultra")
# Verbs of a request only at its head, before what is wanted: "state the total", and not "by state".
HEADING = _words(
    "name state mention indicate specify enumerate produce print select finding showing listing calculating "
    "determining identifying"
)
# Verbs of a request at its head, and nothing else anywhere.
ONLY_HEADING = _words("track monitor prepare create build compile analyse analyze examine")
BEFORE_WANTED = ARTICLES | QUESTION_WORDS | _words("all each every our any total top bottom")
BEFORE_HEADING = _words(
    "please pls plz kindly can could would will you to i we want need like let me also and then just"
)
# "find out": the second word of a request.
OUT_BEHIND = _words("find figure")
# "sum up": the same, at the head of a request.
ADD_UP = _words("sum total add tally count")
# Behind such a verb, "up" belongs to it and tells of no rise.
UP_BEHIND = ADD_UP | _words("take took taken use used eat ate come came end ended pick picked sign signed set")
# What is drawn is a course.
DRAWING = _words("plot chart graph visualise visualize")
CHARTS = _words("chart graph plot")
# Kinds of charts that tell a course, whatever else is drawn.
DRAWN_COURSES = _words("line area")
# Before what belongs to each of those that are told: "and the corresponding place".
CORRESPONDING = _words("corresponding respective associated matching")
# Before a plural, they say that each is told once.
DISTINCT = _words("distinct unique different various separate individual")
BE = _words("is are was were")
PRONOUNS = _words("i we you they he she it who that which")
# What comes to somebody by itself, whoever does it.
GETTING = _words("get got gotten receive received")
# Behind "it", which stands for nothing before these.
EXPLETIVES = _words("take took taken cost that")
ORGANISATIONS = _words("company business organisation organization enterprise firm")
# Between a verb and how many of its object there were.
BEFORE_AN_OBJECT = _words(
    "the a most fewest least more less fewer than at over highest lowest largest smallest number of"
)
BEFORE_A_TARGET = _words("the a an of our its their your his her")
BEFORE_A_CUT = _words("by per each every across for")
BEFORE_A_NOUN = _words("by per each every which of all any")
FUNCTION_WORDS = ARTICLES_AND_PREPOSITIONS | AUXILIARIES | QUESTION_WORDS | REQUESTS | LIGHT_VERBS
COMPARATIVES = _words(
    "higher lower more less fewer better worse greater larger smaller bigger longer shorter faster slower "
    "stronger weaker"
)
# Of these, those that say which way a number is.
MORE = _words("higher more greater larger bigger")
LESS = _words("lower less fewer smaller")
# Words for the first, the last or each of several, whatever else is called so.
DEGREES = EVERY | _words("highest lowest most least best worst fewest largest smallest biggest")
# Of these, those that single out the least.
LEAST = LESS | _words("worse shorter faster weaker")
# Asked behind "how", they ask for what takes time.
SPEEDS = _words("long quick quickly fast slow slowly soon")
# Of these, those that are said of what takes time.
OF_TIME = _words("longer shorter faster slower")
# Cues that are one only behind such a word.
NEEDS_BEFORE = (
    {"mean": _words("do doe did by can would we you they")}
    | dict.fromkeys(("calculated", "computed", "worked"), frozenset({"how"}))
    | {"measured": _words("how unit currency")}
    | dict.fromkeys(("come", "came", "originate"), _words("where source system table"))
    | {"than": COMPARATIVES, "be": _words("how what")}
    | dict.fromkeys(("feed", "go", "depend", "based", "built"), _words("what which source system table data"))
)
# Asked for at the head of a question only: "the unit of".
AT_THE_HEAD = _words("unit trace glossary")
BEFORE_AT_THE_HEAD = _words("what which is are the in show give tell list me us please can you a")
# How something comes about, where "how" stands right before "is": "how is it counted".
COMING_ABOUT = _words("determined counted")
# Of a stock, what there is today; of anything else, a period that was not named.
PRESENT = _words("current currently latest now present presently")
# Said of what has begun and not ended.
UNDER_WAY = _words("active open outstanding ongoing")
# Said of what is over, one way or another.
ENDED = _words("closed solved resolved done completed complete finished fixed settled")
# The newest number there is, of anything.
NEWEST = _words("latest newest")
AMOUNTS = _words("value amount")
# Nouns for what comes in, which are no names behind what is measured in money.
INCOMES = _words("income proceeds earning")
IN_ALL = _words("total overall combined average full")
# What an enterprise runs as a whole, where nothing of it is called so.
UNDERTAKINGS = _words("program programme scheme practice platform network")
# Whose something is.
POSSESSIVES = _words("our my your their its")
# How much there is of something: "how large is the stock".
SIZES = _words("large big high low small great")
# Codes of money that are no words of English ("try", "all" are).
MONEY = _words(
    "usd eur gbp jpy cad aud nzd chf sek nok dkk pln czk huf ron brl mxn zar inr cny krw sgd hkd thb ils aed sar idr "
    "myr"
)
MONEY_OR_SHARE = MONEY | {"percent"}
# Words for how numbers are brought together, and the aggregations they say nothing new of.
ROLES = _words("role job profession position grade occupation rank title discipline function")
# Nouns that say the same behind what they are of.
ALIKE = (_words("method mode way"), _words("type kind"))
KINDS = _words("type kind category class group genre")
EARNING = _words("grossing earning")
COMBINATIONS = _words("combination combo pair pairing")
ACCUMULATED = _words("cumulative cumulatively cumulated accumulated accumulative")
SUMS = _words("total sum")
AVERAGES = _words("average avg mean")
ADDED_UP = frozenset({"sum"})
TOGETHER = _words("together combined altogether")
AGGREGATES = dict.fromkeys(AVERAGES, frozenset({"ratio", "average"})) | {"sum": frozenset({"sum"})}
# Words that only say that a time follows or went before.
ABOUT_TIMES = _words("period timeframe time date range interval window span timespan")
# Words that say only what stands behind them, in a question that is written as a list of parts.
LABELS = ABOUT_TIMES | _words(
    "question query request task instruction prompt dashboard q dimension filter condition scope granularity grain "
    "frequency unit slice breakdown grouping segmentation order year quarter month week day"
)
OF_GRAIN = _words("granularity grain frequency")
# Only what stands behind them is wanted; the last only beside "only".
NARROWING = _words(
    "filter filtered filtering restrict restricted restricting limit limited limiting narrow narrowed narrowing scoped "
    "confine confined include including"
)
INCLUDING = _words("include including")
ONLY = _words("only just solely exclusively")
CONTRACTED = _words("d ll m re ve s")
# A pronoun in some places, a name in the others, however it is written.
PRONOUN_AFTER = {"us": REQUESTS | _words("let all each some many most one both")}
# Behind such a word there is a verb, and "us" behind that is a pronoun.
VERB_BEHIND = _words("do doe did")
# Verbs of a request that are nouns before such a word: "the return on".
NOUN_BEFORE = {"return": frozenset({"on"})}
# Verbs of a request that are what is counted where there are several: "returns".
NAMES_IN_PLURAL = _words("return display list draw book post check")
# Verbs that ask for no number of what was, but for what may be.
MODALS = _words("would could might must should may shall ought can")
# Whom a request is made to, whom an answer is for, and the participles of requests.
SOMEONE = _words("you u someone somebody anyone anybody one")
ASKERS = _words("i we")
GIVEN = _words(
    "shown given displayed provided listed broken split grouped sorted reported summarised summarized compared"
)
LIKING = _words("like love appreciate prefer be")
# Asked with these at its head, a question wants no number.
ASKS_FOR_NO_NUMBER = _words("why when who whom whose where")
COUNTS = frozenset({("how", "many"), ("number", "of"), ("count", "of")})
# Units of weight, volume, power, length and area, in which what comes of a deed is measured and not counted.
QUANTITIES = _words(
    "t ton tonne kiloton megatonne kg kilogram kilo gram g mg lb lbs quintal ounce oz "
    "litre liter l ml hl hectolitre gallon gal barrel bbl "
    "boe mmbtu btu kwh mwh gwh twh wh joule gj mj kilowatt megawatt km kilometre kilometer mile metre meter m ft foot "
    "acre hectare ha m2 m3 sqm sqft bushel byte kb mb gb tb teu"
)
# How often something was done: "how many times".
TIMES = _words("times occasions")
HOW_MUCH = frozenset({("how", "many"), ("how", "much")})
# Words that put what is said beside what was said before, and those that only say that a question goes on.
ADDING = _words("also too additionally besides")
# What a question that goes on from another may take away of it, and with which verbs.
TAKING_AWAY = _words("drop remove without clear undo forget delete no")
TAKEN_AWAY: dict[str, Literal["comparison", "grouping", "ranking", "filters"]] = {
    "comparison": "comparison", "breakdown": "grouping", "grouping": "grouping", "split": "grouping",
    "ranking": "ranking", "sorting": "ranking", "filter": "filters", "restriction": "filters",
}  # fmt: skip
# All that there is of something: in such a question, no longer what was left of it.
ALL_OF = _words("all every each")
IN_TOTAL = _words("total altogether overall together combined")
OVERALL = _words("altogether overall")
EVERYTHING = _words("everywhere anywhere everyone everybody everything anyone anybody anything entire whole") | (
    ORGANISATIONS - {"firm"}
)
INSTEAD_OF = frozenset({("instead", "of"), ("rather", "than"), ("place", "of")})
# At the head of a question: it is no whole one, it goes on.
GOING_ON = _words("and also but or then same now instead only just")
CONTINUING = ADDING | _words(
    "same instead again now only just well as drill down break broken split it that this those one rather else change "
    "switch make use keep go then next"
)
# What any metric may be set against, by whatever name its own is known.
TARGETS = _words("target goal quota objective")
# Words that only say that something is to be had, in a question for what there is.
ON_OFFER = _words(
    "exist existing available track tracked offer offered related relevant relate concern concerning "
    "regarding cover covering own owned kept keep support supported describe around use used analysis there "
    "kpis indicator term glossary belong domain operate operated sell serve served supply"
)
OWNING = _words("own owned")
THEIRS = _words("their its")
# Between two things of one kind.
SIDE_BY_SIDE = _words("and or vs versus")
LIST_WORDS = _words("and or nor plus as well along")
SPLITTERS = LIST_WORDS | _words("to with against from")
# How much something differs from what it is compared with.
CHANGES = _words(
    "change changed changing growth grow grew grown growing increase increased increasing decrease decreased decline "
    "decreasing declining declined rise rose risen fall fell fallen drop dropped variance difference delta gap "
    "develop developed evolve evolved perform performed performing differ deviation deviate falling dropping rising "
    "improve improved improving improvement worsen worsened worsening deteriorate deteriorated up down shrink shrank "
    "shrunk shrinking gain gained jump jumped"
)
# How the groups of a breakdown compare with each other, and with no other time.
VARYING = _words("differ vary")
# What a breakdown is asked for with, wherever its "by" stands.
CUTTING = _words(
    "break breaking broke broken breakdown split splitting group grouped slice sliced segment segmented "
    "divide divided dividing drill drilled distribution mix composition down out up"
)
PARTICLES = _words("down out up")
# People of whom a member is a kind, where nothing is known of them.
POPULATIONS = _words("customer client user consumer people person member individual")
PERSONS = POPULATIONS | _words(
    "employee worker colleague patient student pupil passenger guest visitor subscriber applicant candidate driver"
)
# What those are called who work for an enterprise, or to whom its work is given.
WORKERS = _words(
    "employee worker colleague driver agent assignee owner author rep representative manager clerk operator "
    "engineer developer technician consultant salesperson salespeople"
)
# Of these, those that go down, and those that are told in percent.
FALLING = _words(
    "decrease decreased decreasing decline declined declining fall fell fallen falling drop dropped dropping"
)
SHRINKING = FALLING | _words("shrink shrank shrunk shrinking")
RISING = _words("grow grew grown growing increase increased increasing rise rose risen rising gain gained jump jumped")
# Words for how one thing is at two times.
GROWTH = RISING | SHRINKING | _words("growth change changed changing evolve evolved develop developed")
_FAST = ("fastest", "quickest", "the fastest", "the quickest")
GROWING = RISING | SHRINKING | _words("growth")
IMPROVING = _words(
    "improve improved improving improvement worsen worsened worsening deteriorate deteriorated deteriorating"
)
IN_PERCENT = _words("growth grow grew grown growing")
# How much of a change was somebody's.
CONTRIBUTING = _words("contribute contributed contributing contribution contributor")
# At the head of a question for what there is of something, and the verbs of one for what is in something.
LISTS = _words("what which list name show give tell enumerate display")
CONSISTING = _words("make belong include contain comprise consist part exist defined known fall within cover take")
# What numbers come from, in a question for that.
SOURCES = _words("table source system database data upstream underlying back trace trail original report pipeline")
# A part of a whole.
SHARES = _words("ratio share percentage percent pct proportion fraction portion contribution contribute")
PERCENTAGES = _words("percentage percent pct")
# Verbs and links that only tie what is measured to its neighbours.
LINKING = _words(
    "record recorded register registered log logged observe observed found count counted file filed place placed "
    "experience experienced suffer suffered occur occurred occurring arise arisen arose arising take taken took "
    "hold held locate located base based situated live living reside residing belong belonging enroll enrolled enrol "
    "associated concern concerning concerned regarding affect affecting affected attribute attributed attributable "
    "cause caused spread distribute distributed work working submit submitted raise raised lodge lodged "
    "contribute contributed contributing sit sat sitting lie lying"
)
# With "to" or "with", they say that one thing is of another.
TYING = _words("associated linked related tied connected attached attributed attributable")
# Behind these, "place" says with them that something happened.
TAKING = _words("take took taken taking")
# How it is said what something is put to or belongs to.
BELONGING = _words("allocated assigned attached mapped belonging")
# How it is said what somebody would rather have than others of its kind.
CHOOSING = _words("choose chose chosen choosing prefer preferred preferring pick picked picking opt opted opting")
# What is written or needed has something in or beside it: told of what is counted, they say which it has.
BEARING = _words(
    "require required requiring contain contained containing involve involved involving feature featured featuring"
)
# How it is said what something has to say.
SAYING = _words(
    "mention mentioned mentioning name named state stated specify specified cite cited request requested ask asked"
)
# With a quantity ("how many A exist"), they say that there is one.
EXISTING = _words("exist existed")
# What a thing does that a number comes from, and verbs of one that has it: with "the most", they say only whose it is.
BRINGING = _words(
    "drive drove driving deliver delivered delivering yield yielded yielding produce produced producing generating "
    "earning making bringing contribute contributed contributing"
)
HAVING = _words(
    "demonstrate demonstrated exhibit exhibited enjoy enjoyed boast boasted possess possessed command commanded "
    "attain attained attract attracted attracting carry carried carrying bear bore bearing drew drawn drawing "
    "showing displaying seeing recording posting "
    "consume consumed consuming burn burned burnt burning accumulate accumulated accumulating incur incurred incurring "
    "cover covered covering"
)
# How it is said into which kind something was put.
CLASSIFYING = _words(
    "grade graded rate rated classify classified categorise categorised categorize categorized label labelled labeled "
    "tag tagged mark marked flag flagged"
)
# What is brought to an end; once it is, it was a success.
ENDING = _words("completed finished concluded accomplished")
# Of these, those that stand before what they bring without "the most", too.
DRIVING = _words("drive drove driving")
# What is done with money by whoever it comes from; with "the most", only from whom.
PAYING = _words("pay paid paying spend spent spending")
# How something comes along against what it is held to.
PROGRESSING = _words("tracking pacing faring running progressing")
# How what is counted came about, where it is no level.
COMING_TO_BE = _words("create created creating")
# How it is said of what is counted that it came up and was written down.
COMING_UP = _words(
    "created opened raised reported received registered logged declared submitted filed lodged placed issued begun "
    "started launched found observed"
)
# What has come of what is counted, which need not be when it came about.
COME_TO_AN_END = _words(
    "closed solved resolved done completed finished fixed settled won lost sold paid delivered approved accepted ended "
    "cancelled canceled returned refunded rejected signed shipped"
)
# How something new came to somebody.
GAINING = _words("acquire acquired gain gained win won add added attract attracted onboard onboarded recruit recruited")
# What is done to come by money; of what is paid by cards it may be a state, where nobody is said to have done it.
CAPTURING = _words("capture secure")
# What people do who are carried, and how it is said that they are.
TRAVELLING = _words("fly flew flown flying travel travelled traveled travelling traveling ride rode ridden riding")
CARRIED = _words("carried transported boarded flown")
# What is done with goods that are sold, and how it is said that they are.
TRADING = _words("sell sold selling order ordered")
TRADED = _words("sold ordered order")
# How it is said where something began.
ORIGINATING = _words("originate originated originating")
# Verbs of leaving and of reaching a place, with what stands before the place, and what the place is then called.
WAYS = (
    (
        _words("depart departed departing leave left leaving"),
        _words("from at in"),
        _words("departure origin source sender"),
    ),
    (
        _words("arrive arrived arriving land landed landing"),
        _words("at in to"),
        _words("arrival destination receiver recipient consignee"),
    ),
)
# Where something begins and ends; what they are called for short is the place.
ENDS_OF_A_WAY = _words("origin destination")
SUPERLATIVES = _words("most least fewest highest lowest largest smallest biggest greatest best worst")
# Of these, those that say how many, and not how high.
COUNTING = _words("most fewest least")
# What is chosen the most, by whatever is done with it.
POPULAR = _words("popular favorite favourite choice trending")
# With "most" and "least", those that say only of how many.
COMMON = POPULAR | _words("common frequent often frequently")
# How well something does, where nothing else says by what.
PERFORMING = _words("perform performed performing")
# Superlatives of what is larger or smaller than others.
LARGEST = _words("largest biggest smallest")
SIZED = LARGEST | _words("major main leading")
# Of when there is the most of something, whatever that is.
BUSY = _words("peak busiest quietest")
# What judgements are told in.
SCORES = _words("score rating star point grade mark satisfaction")
# What is done with money, and is another measure of anything else.
SPENDING = _words("incur incurred cost")
# What takes away from a stock.
USING = _words("used spent consumed released")
# What somebody does who something is assigned to.
HANDLING = _words("handle handled handling")
# What is done with deeds that are counted; those of the first behind which "out" stands.
CARRYING = _words("carry carried carrying")
CONDUCTING = _words("conduct conducted conducting undertake undertook undertaken")
SERVING = _words("process processed processing serve served serving")
# Each of these tells which way something went: it must not be taken for another of them.
DIRECTED = _words("receive received issue issued send sent")
# Links that are one only before such a word.
LEADING_ON = dict.fromkeys(("due", "owing", "related", "led", "lead", "leading", "attributable"), frozenset({"to"})) | {
    "because": frozenset({"of", "they", "it"}),
    "account": frozenset({"for"}),
    "resulting": frozenset({"from", "in"}),
    "resulted": frozenset({"from", "in"}),
}
# Participles that do not end as others do, and their verbs.
IRREGULAR = _pairs(
    "sold:sell bought:buy spent:spend lent:lend sent:send lost:lose won:win built:build flown:fly flew:fly "
    "driven:drive given:give written:write wrote:write grown:grow shown:show held:hold kept:keep left:leave met:meet "
    "taught:teach caught:catch found:find drawn:draw withdrawn:withdraw broken:break stolen:steal begun:begin "
    "worn:wear used:use run:run made:make done:do gave:give paid:pay repaid:repay drove:drive rode:ride ridden:ride "
    "chose:choose chosen:choose ate:eat eaten:eat drank:drink drunk:drink drew:draw withdrew:withdraw threw:throw "
    "thrown:throw took:take taken:take undertaken:undertake struck:strike shot:shoot sought:seek fought:fight "
    "fed:feed bred:breed dug:dig hung:hang slept:sleep swept:sweep learnt:learn burnt:burn stuck:stick swam:swim "
    "woke:wake forgot:forget forgotten:forget hid:hide hidden:hide laid:lay froze:freeze frozen:freeze fled:flee "
    "spoke:speak spoken:speak sang:sing sung:sing swore:swear sworn:swear tore:tear torn:tear wore:wear broke:break "
    "stole:steal began:begin bore:bear sank:sink sunk:sink resold:resell rebuilt:rebuild rewritten:rewrite bound:bind"
)
# Endings of adjectives of places, and what a place may end with in their stead.
OF_A_PLACE = ("n", "an", "ian", "ean", "ese")
ENDINGS_OF_PLACES = ("", "a", "e", "o", "y")
POSSESSIVE = ("'s", "’s", "s'", "s’")
NEGATIONS = _words("not no non without except excluding before never minus less net")
# Superlatives of something that takes time, which is then what is measured.
OF_DURATION = _words("longest shortest slowest fastest quickest")
# Said of what costs more or less than others, and what it is then measured by.
PRICED = _words("expensive costly cheapest costliest priciest")
PRICES = _words("cost price spend spending")
# Superlatives of how large something is, and words for what one thing is worth.
WORTH = _words("worth valued")
WORTH_OF_ONE = PRICES | _words("value worth amount size")
TIME_UNITS = _words("ms millisecond second sec minute min hour h day week month year")
# Units as they are shortened behind a name.
SHORT_UNITS = _pairs(
    "min:minute sec:second ms:millisecond hr:hour h:hour wk:week mo:month mth:month yr:year kg:kilogram t:tonne "
    "km:kilometre m:metre l:litre no:number"
) | {"m2": "square metre", "sqm": "square metre", "m3": "cubic metre", "cbm": "cubic metre", "kwh": "kilowatt hour",
     "mwh": "megawatt hour"}  # fmt: skip
SPELT_OTHERWISE = _pairs("meter:metre liter:litre kilometer:kilometre kilogramme:kilogram percentage:percent")
# How far something has come: none of them limits what is told.
STILL = _words("still yet already so far")
# Whose date it is by which anything is dated that is recorded.
OF_A_RECORD = _words("calendar reporting transaction activity event service posting accounting")
# By the hour of the day, which is no unit of a course over months.
HOURLY = "hourly"
DURATIONS = TIME_UNITS | _words("time duration length delay wait age tenure latency")
# Superlatives that praise or blame: of something that is better when it is lower they turn round.
JUDGING = _words("best worst strongest weakest poorest better worse stronger weaker")
# Adjectives that praise behind "most": of a number that is better when it is lower they turn round, too.
PRAISING = _words("efficient effective economical productive reliable")
# In cues that sort: which way.
WAYS_TO_SORT = _words("first to ascending descending asc desc")
# Of what each of several groups had over time: one value of many.
EXTREMES = _words("minimum maximum max")
# Words before a target that something is held against.
MEETING = _words("hit hitting meet met meeting make made making reach reached reaching achieve achieved achieving")
TOWARDS = MEETING | _words("within on miss missed missing beat beating exceed exceeded exceeding")
# Of these, those that say which way it came out; of groups they are a condition.
_OUTCOMES: dict[Side, frozenset[str]] = {
    "worse": _words("miss missed missing behind underperform underperformed underperforming"),
    "better": MEETING | _words("beat beating ahead outperform outperformed outperforming"),
    "up": _words("exceed exceeded exceeding above over"),
    "down": _words("below under short"),
}
OUTCOMES = {word: side for side, words in _OUTCOMES.items() for word in words}
# Of these, those that stand before a target that stands before what is held against it: "over plan works".
SIDES = _words("over under above below")
# How far a target was met.
ATTAINMENT = _words("attainment achievement fulfilment fulfillment")
# Where something stands against a target, in a question for just that ("is it above the plan", "how far off is it").
STANDING = frozenset(
    tuple(phrase.split())
    for phrase in (
        "above", "below", "over", "under", "behind", "ahead of", "ahead", "short of", "short", "off", "at",
        "from", "far from", "close to", "away from", "far off", "in line with", "on track with", "on track for",
        "on track against", *(f"on track to {verb}" for verb in ("meet", "reach", "hit", "make", "achieve")),
    )
)  # fmt: skip
ABOUT_STANDING = _words("far close away ahead short behind off line running tracking currently")
STAYING = _words("stay stayed remain remained keep kept")
DIFFERENCES = _words("difference gap variance delta")
# How far a relation may reach.
DISTANCES = _words("directly indirectly")
UNITS = {
    "$": "usd", "dollar": "usd", "usd": "usd", "€": "eur", "euro": "eur", "eur": "eur", "£": "gbp", "pound": "gbp",
    "gbp": "gbp", "¥": "jpy", "yen": "jpy", "jpy": "jpy", "%": "percent", "percent": "percent", "pct": "percent",
} | {code: code for code in MONEY}  # fmt: skip


class Cue(Value):
    """A phrase that says how its neighbours are meant. `first` and `last` are token positions, inclusive. Of an order:
    how many, `nth`: only the one in this place, whether from both of its ends, and which way those that come first are
    `shown`, where that is said apart ("the top 3, ascending")."""

    kind: CueKind
    first: int
    last: int
    number: float | None = None
    nth: int | None = None
    both_ends: bool = False
    shown: Literal["asc", "desc", "best", "worst"] | None = None


_CUES: tuple[tuple[CueKind, str], ...] = (
    ("group", "broken down by"), ("group", "break down by"), ("group", "breakdown by"), ("group", "split by"),
    ("group", "split between"), ("group", "split across"), ("group", "split into"),
    ("group", "grouped by"), ("group", "group by"), ("group", "aggregated by"), ("group", "aggregate by"),
    ("group", "segmented by"), ("group", "sliced by"),
    ("group", "cut by"), ("group", "by each"), ("group", "for each"), ("group", "in each"), ("group", "by"),
    ("group", "per"), ("group", "across"), ("group", "for every"), ("group", "by the"),
    ("group", "for each of"), ("group", "at each of"), ("group", "in each of"), ("group", "each of"),
    ("group", "breakdown of"),
    ("compare", "compared to"), ("compare", "compared with"), ("compare", "compare to"), ("compare", "compare with"),
    ("compare", "compared against"), ("compare", "in comparison to"), ("compare", "in comparison with"),
    ("compare", "comparison to"), ("compare", "comparison with"), ("compare", "relative to"), 
    ("compare", "versus"), ("compare", "vs"), ("compare", "v"), ("compare", "against"), ("compare", "compared"),
    ("compare", "than"), ("compare", "variance to"), ("compare", "variance against"), ("compare", "variance from"),
    ("compare", "gap to"), ("compare", "gap from"), ("compare", "gap against"), ("compare", "difference to"),
    ("compare", "difference from"), ("compare", "difference against"), ("compare", "deviation from"),
    ("compare", "deviation to"), ("compare", "delta to"), ("compare", "distance to"),
    ("contrast", "compare"), ("contrast", "comparing"), ("contrast", "comparison"), ("contrast", "difference between"),
    ("contrast", "differ between"),
    ("contrast", "comparison of"), ("contrast", "comparison between"), ("contrast", "variance between"),
    ("contrast", "gap between"), ("contrast", "contrast"),
    ("exclude", "excluding"), ("exclude", "exclude"), ("exclude", "except"), ("exclude", "except for"),
    ("exclude", "without"), ("exclude", "other than"), ("exclude", "apart from"), ("exclude", "not in"),
    ("exclude", "not by"),
    ("exclude", "not including"), ("exclude", "ex"), ("exclude", "outside"), ("exclude", "outside of"),
    ("exclude", "not"), ("exclude", "but not"), ("exclude", "minus"), ("exclude", "no"), ("exclude", "excl"),
    ("exclude", "non"), ("exclude", "isnt"), ("exclude", "arent"), ("exclude", "wasnt"), ("exclude", "werent"),
    ("exclude", "didnt"), ("exclude", "doesnt"), ("exclude", "havent"), ("exclude", "hasnt"),
    ("exclude", "not include"), ("exclude", "dont include"), ("exclude", "doesnt include"), ("exclude", "leave out"),
    ("exclude", "leaving out"), ("exclude", "filter out"), ("exclude", "filtering out"), ("exclude", "omit"),
    ("exclude", "omitting"), ("exclude", "neither"),
    ("exclude", "nor"),
    ("bottom", "bottom"), ("bottom", "lowest"), ("bottom", "smallest"), ("bottom", "worst"), ("bottom", "least"),
    ("bottom", "fewest"), ("top", "top"), ("top", "highest"), ("top", "largest"), ("top", "biggest"), ("top", "best"),
    ("top", "most"), ("top", "by the most"),
    ("bottom", "by the least"), ("top", "leading"), ("top", "greatest"), ("top", "main"), ("top", "major"),
    ("top", "busiest"), ("top", "peak"), ("bottom", "quietest"),
    ("top", "strongest"), ("bottom", "weakest"), ("bottom", "poorest"), ("top", "heaviest"), ("bottom", "lightest"),
    ("top", "most popular"), ("top", "most common"), ("top", "most frequent"), ("top", "most important"),
    ("top", "favorite"), ("top", "favourite"), ("top", "most favorite"), ("top", "most favourite"),
    ("top", "of choice"), ("top", "most often"), ("top", "most frequently"),
    ("bottom", "least often"), ("bottom", "least frequently"),
    ("bottom", "least popular"), ("bottom", "least common"), ("bottom", "least frequent"),
    ("bottom", "least important"), ("bottom", "minimum"), ("top", "maximum"), ("top", "max"),
    ("bottom", "worst performing"), ("bottom", "lowest performing"), ("top", "best performing"),
    ("top", "top performing"), ("top", "highest performing"), ("top", "best selling"), ("top", "top selling"),
    ("top", "bestselling"),
    ("top", "highest selling"), ("top", "most selling"), ("bottom", "lowest selling"), ("bottom", "least selling"),
    ("bottom", "worst selling"), ("top", "longest"), ("top", "slowest"), ("bottom", "shortest"),
    ("bottom", "fastest"), ("bottom", "quickest"), ("top", "fastest growing"), ("bottom", "slowest growing"),
    ("top", "fastest falling"), ("top", "fastest declining"), ("top", "fastest growth"), ("bottom", "slowest growth"),
    *(("top", f"{verb} {how}") for verb in sorted(RISING | SHRINKING) for how in _FAST),
    *(("bottom", f"{verb} {how}") for verb in sorted(RISING | SHRINKING) for how in ("slowest", "the slowest")),
    ("top", "most expensive"), ("top", "most costly"), ("top", "costliest"), ("top", "priciest"),
    ("bottom", "least expensive"), ("bottom", "least costly"), ("bottom", "cheapest"),
    ("sort", "ranked by"), ("sort", "rank by"), ("sort", "ordered by"), ("sort", "order by"), ("sort", "sorted by"),
    ("sort", "sort by"), ("sort", "sort"), ("sort", "rank"), ("sort", "ranking of"), ("sort", "ranking"),
    ("sort", "ranked"), ("sort", "sorted"), ("sort", "descending"), ("sort", "desc"), ("sort_up", "asc"),
    ("sort", "in descending order"), ("sort", "in desc order"), ("sort", "desc order"), ("sort", "descending order"),
    ("sort_up", "in asc order"), ("sort_up", "asc order"), ("sort_up", "ascending order"), ("sort", "most to least"),
    ("sort_up", "least to most"), ("sort", "most to fewest"), ("sort_up", "fewest to most"),
    *(("sort", f"{verb} {what} by") for verb in ("order", "sort", "rank") for what in ("the result", "result", "them")),
    ("sort", "in descending order of"), ("sort_up", "ascending"), ("sort_up", "in ascending order"),
    ("sort_up", "in ascending order of"),
    ("sort", "by descending order"), ("sort_up", "by ascending order"),
    ("sort", "largest first"), ("sort", "highest first"),
    ("sort", "biggest first"), ("sort", "top first"), ("sort_up", "lowest first"), ("sort_up", "smallest first"),
    ("sort", "best first"), ("sort_up", "worst first"), ("sort", "slowest first"), ("sort_up", "fastest first"),
    ("sort", "longest first"), ("sort_up", "shortest first"), ("sort_up", "fastest to slowest"),
    ("sort", "slowest to fastest"), ("sort", "longest to shortest"), ("sort_up", "shortest to longest"),
    ("sort", "most first"), ("sort_up", "least first"), ("sort", "most expensive first"), ("sort_up", "cheapest first"),
    ("sort", "highest to lowest"), ("sort", "largest to smallest"), ("sort", "high to low"), ("sort", "best to worst"),
    ("sort_up", "lowest to highest"), ("sort_up", "smallest to largest"), ("sort_up", "low to high"),
    ("sort_up", "worst to best"), ("sort", "in order of"), ("sort", "in term of"),
    *(("sort", f"{with_} {what}") for with_ in ("with", "in") for what in ("respect to", "regard to", "respect of")),
    ("definition", "definition of"), ("definition", "define"), ("definition", "definition"),
    ("definition", "meaning of"),
    ("definition", "meaning"), ("definition", "mean"),
    ("definition", "meant by"), ("definition", "defined"), ("definition", "explain"),
    ("definition", "stand for"), ("definition", "how do we calculate"), ("definition", "calculated"),
    ("definition", "who own"), ("definition", "who maintain"), ("definition", "who is responsible for"),
    ("definition", "who is accountable for"), ("definition", "who is in charge of"), ("definition", "owner of"),
    ("definition", "who is the owner of"), ("definition", "who look after"), ("definition", "steward of"),
    ("definition", "who is the steward of"), ("definition", "who is the owner"), ("definition", "formula for"),
    ("definition", "formula of"), ("definition", "formula"), ("definition", "definition for"),
    ("definition", "what do you mean by"), ("definition", "whats meant by"), ("definition", "what is meant by"),
    ("definition", "tell me about"), ("definition", "tell me more about"),
    ("definition", "computed"), ("definition", "measured"), ("definition", "describe"),
    ("definition", "worked out"), ("definition", "determined"), ("definition", "counted"),
    ("definition", "what count as"), ("definition", "what qualify as"),
    ("definition", "what counted as"), ("definition", "certified"), ("definition", "what unit is"),
    ("definition", "what unit are"), ("definition", "which unit is"), ("definition", "in what unit"),
    ("definition", "in which unit"), ("definition", "in what currency"), ("definition", "in which currency"),
    ("definition", "what currency"), ("definition", "which currency"), ("definition", "synonym of"),
    ("definition", "synonym for"), ("definition", "another name for"), ("definition", "other name for"),
    ("definition", "certification tier"), ("definition", "unit of measure of"), ("definition", "certification tier of"),
    ("definition", "certification of"), ("definition", "what dimension doe"), ("definition", "which dimension doe"),
    ("definition", "what dimension"), ("definition", "which dimension"), ("definition", "dimension of"),
    ("definition", "how can i break down"), ("definition", "how can i slice"), ("definition", "what can i slice"),
    ("lineage", "come from"), ("lineage", "came from"), ("lineage", "lineage of"), ("lineage", "lineage"),
    ("lineage", "source of"), ("lineage", "derived from"), ("lineage", "derived"), ("lineage", "upstream of"),
    ("lineage", "provenance of"), ("lineage", "sourced from"), ("lineage", "originate from"), ("lineage", "originate"),
    ("lineage", "upstream"), ("lineage", "what feed"), ("lineage", "feed"), ("lineage", "feed into"),
    ("lineage", "go into"), ("lineage", "source for"), ("lineage", "origin of"), ("lineage", "built from"),
    ("lineage", "data source of"), ("lineage", "data source for"), ("lineage", "where do we get"),
    ("lineage", "where do you get"), ("lineage", "depend on"), ("lineage", "based on"),
    ("trend", "trend of"), ("trend", "trend in"), ("trend", "trend for"), ("trend", "trend"), ("trend", "over time"),
    ("trend", "movement in"), ("trend", "trended"), ("trend", "trajectory of"), ("trend", "trajectory for"),
    ("trend", "trajectory"),
    ("trend", "progression of"), ("trend", "progression in"), ("trend", "progression"), ("trend", "evolution in"),
    ("trend", "evolution of"), ("trend", "development of"), ("trend", "history of"), ("trend", "trending"),
    ("more", "more than"), ("more", "greater than"), ("more", "over"), ("more", "above"), ("more", "exceeding"),
    ("more", "exceed"), ("more", "exceeded"), ("more", "surpassing"), ("more", "surpassed"), ("more", "in excess of"),
    ("at_least", "no fewer than"), ("at_least", "not less than"), ("at_least", "a minimum of"),
    ("at_most", "a maximum of"), ("at_most", "not more than"),
    ("more", "higher than"), ("more", "larger than"), ("more", "bigger than"),
    ("less", "less than"), ("less", "fewer than"), ("less", "below"), ("less", "under"), ("less", "lower than"),
    ("less", "smaller than"),
    ("less", "shorter than"), ("more", "longer than"),
    ("at_least", "at least"), ("at_least", "no less than"), ("at_most", "at most"),
    ("at_most", "no more than"), ("at_most", "up to"),
)  # fmt: skip

CUES: dict[tuple[str, ...], CueKind] = {
    **{tuple(phrase.split()): kind for kind, phrase in _CUES},
    **{tuple(phrase.split()): "lineage" for phrase in explaining.lineages()},
    **{tuple(phrase.split()): "definition" for phrase in explaining.definitions()},
    **{tuple(phrase.split()): "catalogue" for phrase in explaining.catalogues()},
}
LONGEST_CUE = max(len(words) for words in CUES)
NUMERIC_CUES = frozenset({"more", "less", "at_least", "at_most"})
SCALES = {
    "k": 1e3,
    "thousand": 1e3,
    "m": 1e6,
    "mn": 1e6,
    "mio": 1e6,
    "million": 1e6,
    "bn": 1e9,
    "b": 1e9,
    "billion": 1e9,
}
_ONE_TO_FIFTEEN = (
    "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen",
    "fourteen", "fifteen",
)  # fmt: skip
ORDINALS = {"second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5, "5th": 5}
NUMBER_WORDS = {word: at for at, word in enumerate(_ONE_TO_FIFTEEN, start=1)} | {"twenty": 20, "fifty": 50}
