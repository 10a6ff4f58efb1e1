"""What people say around a question and not with it: greetings, wishes, thanks, for whom and how soon."""

from __future__ import annotations

import re
from collections.abc import Iterator

_WHO = r"(?:all|team|everyone|everybody|there|folks|colleagues|guys|both|[A-Z][a-z]+)"
_GOOD_DAY = r"good (?:morning|afternoon|evening|day)"
_WELL = (
    r"(?:you(?:['’]re| are| had| have had)|all(?: is|['’]s)|everyone is|everything is|this (?:finds|message|e?-?mail))"
)
_SHORT = rf"(?:morning|afternoon|evening)(?=\s+{_WHO}\s*[,!])"
_BUSY_WITH = (
    r"(?:preparing|working on|writing|putting together|building|drafting|making|doing|updating|finishing|reviewing)"
)
_NEED = r"(?:need|want|require|would like|'d like|’d like|am looking for|are looking for)"
_SENT = r"(?:send|forward|pass|pull|share|get|give|tell|show|provide|look up|run)"
_OCCASION = (
    r"(?:presentation|report|meeting|board ?pack|deck|review|slides?|call|memo|newsletter|board meeting|"
    r"board report|management report)"
)
_OF_AN_OCCASION = (
    r"(?:(?:board|management|ops|weekly|monthly|quarterly|annual|team|investor|"
    r"leadership|status|upcoming|next) )"
)
_MEETING_PAPERS = (
    r"(?:presentation|board ?pack|deck|(?:board|pitch|slide) deck|slides?|newsletter|board meeting|board report|"
    r"management report)"
)
# Whoever a program is told to be: in small letters, but for what people write in capitals.
_SOMEBODY = r"(?:[a-z][a-z-]*|SQL|BI|AI|KPI|CEO|CFO|COO|CTO|CIO)"
_FORM = (
    r"(?:(?:simple|small|short|neat|nice|summary|markdown|plain|formatted) )*"
    r"(?:table|tabular form(?:at)?|table form(?:at)?|(?:bar|pie|column) (?:chart|graph)|tree ?map|heat ?map|"
    r"spreadsheet|csv|json|markdown|"
    r"bullet points|bullets)"
)
# Pictures of parts; a line and an area are those of a course, and a box or a histogram of more than is kept.
_PICTURE = (
    r"(?:(?:bar|pie|column|donut|doughnut|ring|bubble|scatter|funnel|pareto|radar|combo|combination) "
    r"(?:chart|graph|plot)|tree ?map|heat ?map|gauge|(?:map|table|matrix|card) visual|visuali[sz]ation|dashboard)"
)
_LOOK = r"(?:100% stacked|stacked|clustered|grouped|ranked|horizontal|vertical|simple|nice|small|short)"
_SHOWING = r"(?:of|with|showing|listing|that shows|which shows|to show|displaying|comparing)"
_MAKE = (
    r"(?:write|provide|create|generate|build|produce|make|prepare|compile|give|show|get|bring|send|return|run|print)"
)
_SHOWING_IT = r"(?:that|which|showing|displaying|listing|containing|to show)"
_SHORTLY = r"(?:brief|concise|short|precise|succinct)"
_SENTENCE = r"(?:^|(?<=[.!?;,:]))\s*"
_DIGITS = r"(?:\d+|no|one|two|three|four)"
_SOON = r"(?:\s+(?:today|tomorrow|tonight|this (?:morning|afternoon|week)|next week|on \w+day))?"
_ASKING = r"(?:board|boss|ceo|cfo|coo|cto|management|manager|director|client|auditors?|auditor|chair)"

# "A by author, and what are their corresponding author names": the names of what is told one by one anyway.
_NAMES_AGAIN = re.compile(
    r"\b(?P<noun>[a-z]{3,}?)s?\b[^.?!]*?(?P<again>,?\s+and (?:what are |show |list )?(?:their|its|the) "
    r"(?:corresponding|respective|associated) (?P=noun)s? (?:names?|titles?)\s*[.?!]*\s*)$",
    re.I,
)

# Where they stand alone, without the words that a question begins with.
_COURTESIES = tuple(
    re.compile(pattern, flags)
    for pattern, flags in (
        (rf"^\s*(?i:hi|hello|hey|dear|greetings|{_GOOD_DAY}|{_SHORT})(?:\s+{_WHO})?\s*[,!.:;–—-]+", 0),
        (rf"^\s*{_GOOD_DAY}\b[,!.:;]*", re.I),
        (r"^\s*(?:no|yes|ok|okay|well)\b[,.:;]?\s+(?=(?:how|what|which|who|where|when|show|give|tell|i)\b)", re.I),
        (rf"\bhope {_WELL}\b[^.!?;–—]*?(?:well|fine|good|great|week|weekend|day)\b[.!?,;]*", re.I),
        (
            r"^\s*(?:i|we)(?:['’]?d| would) be (?:very )?(?:grateful|thankful|glad|obliged)"
            r" (?:for|to (?:see|know|have|get))\b",
            re.I,
        ),
        (r"\bhave a (?:nice|good|great|lovely) (?:day|week|weekend|evening|one)\b[.!,]*", re.I),
        (
            r"\bas (?:discussed|agreed|promised|mentioned)(?: earlier| yesterday| today| last week| on the phone)?\b,?",
            re.I,
        ),
        (r"\b(?:urgent|asap|fyi|important|quick question|question for you|quick one)\s*[:!–—-]+", re.I),
        (r",?\s*\b(?:asap|as soon as possible|at your earliest convenience|no rush)\b[.!]*", re.I),
        (r",?\s*\b(?:when|if) you (?:get|have) a (?:chance|moment|minute|second|sec)\b[.,]*", re.I),
        (r",?\s*\bif (?:possible|you can|you could|that['’]?s (?:ok|okay|possible))\b[.,]*", re.I),
        (
            rf"\b(?:could|can|would|will) (?:someone|somebody|anyone|anybody|you)(?: please| kindly| pls)? {_SENT}"
            r"(?: (?:me|us|over|through|along|to me|to us))*+\b(?!\s+(?:more )?about\b)",
            re.I,
        ),
        (
            rf"\b(?:please|pls|plz|kindly) {_SENT}(?: (?:me|us|over|through|along|to me|to us))*+\b"
            r"(?!\s+(?:more )?about\b)",
            re.I,
        ),
        (
            r"\bit would be (?:great|good|nice|helpful|useful|lovely|interesting)"
            r"(?: to (?:see|know|have|get)| if you could (?:send|tell|give|show)(?: me| us)?)?\b",
            re.I,
        ),
        (rf"\b(?:the|my|our) {_ASKING} (?:wants|want|needs|need|would like|asks|asked|is asking|has asked)"
         r"(?: me| us)?(?: to (?:know|see|understand|have)| for| about)?\b", re.I),
        (rf"\bfor (?:my|our|the|a|an) {_OCCASION}{_SOON},?\s+(?:i|we)\s*{_NEED}\b", re.I),
        (
            rf"\b(?:i['’]?m|i am|we['’]?re|we are) (?:currently |just )?{_BUSY_WITH} [^.,;!?]*? and (?:i |we )?"
            rf"{_NEED}\b",
            re.I,
        ),
        (r"\bany idea (?=what|how|which)", re.I),
        # "Can I split A by B" is answered by A by B. Whoever cuts a cost by March, or by a tenth, means another cut.
        (
            r"^\s*(?:(?:can|could|may) (?:i|we)|(?:is|would) it (?:be )?possible(?: for (?:me|us))? to) "
            r"(?=(?:break|split|slice|segment|group)\b[^.?!,;]* by (?!\d))",
            re.I,
        ),
        (r"^\s*(?:can|could|may) (?=[^.?!,;]* be (?:sliced|segmented|grouped) by (?!\d))", re.I),
        (r"\b(?:i|we)(?:['’]d| would) (?:love|prefer|be (?:happy|keen|interested)) to (?:see|know|have|get)\b", re.I),
        (r"^\s*(?:please |can you |could you )?walk (?:me|us) through\b", re.I),
        (r"^\s*(?:assistant|bot|copilot)\s*[,:]+", re.I),
        (
            rf"{_SENTENCE}(?:please )?(?:use|respond|reply|answer|return|give (?:me |us )?the (?:answer|results?))"
            rf"(?: only)?(?: with| in| as| using)?(?: an?| valid| plain| only)* (?:{_FORM}|english)(?:[.!,;:]+|\s*$)",
            re.I,
        ),
        (
            rf"{_SENTENCE}(?:please )?(?:do not|don['’]?t) (?:explain|include (?:any )?(?:explanations?|comments?))"
            r"(?: anything| it)?(?:[.!,;:]+|\s*$)",
            re.I,
        ),
        (r",\s*(?:no|without) decimals\b", re.I),
        # "What exactly counts as A", "what do we actually mean by A".
        (r"(?:(?<=^what )|(?<=^how ))(?:exactly|precisely|actually|really)\b", re.I),
        (r"(?:(?<=\bwe )|(?<=\byou )|(?<=\bthey ))(?:exactly|precisely|actually|really)"
         r"(?= (?:mean|define|call|count|consider|calculate|compute|understand)\b)", re.I),
        (
            r"[,;.]?\s*\b(?:i|we) (?:do not|don['’]?t) need (?:any |the )?exact (?:numbers?|figures?|values?)\b[.!]*",
            re.I,
        ),
        (r"\b(?:just )?(?:estimate )?(?:roughly|approximately)(?= how (?:many|much)\b)|\bestimate(?= how m)", re.I),
        # Examples of what was said, and none of them alone.
        (r"\(\s*(?:e\.?\s?g\.?|for example|for instance|such as)[\s,:][^()]*\)", re.I),
        (r"\([^()]*,?\s*etc\.?\s*\)", re.I),
        (
            rf"^\s*(?:please )?{_MAKE}(?: me| us)? an? (?:(?:sql|short|simple|quick|brief|detailed) )*"
            rf"(?:query (?:to|that|which|for)|(?:query|report|summary|list|overview) {_SHOWING_IT})\b"
            r"(?: (?:shows?|returns?|displays?|lists?|finds?|gives?|tells?))?",
            re.I,
        ),
        (r"(?<=, )(?:displaying|showing|listing|returning) (?=(?:only |just )?(?:the )?(?:top|bottom|first)\b)", re.I),
        (
            r"^\s*(?:please )?help (?:him|her|them|(?:the|our|my) [a-z]+(?: [a-z]+)?) (?:to )?"
            r"(?=(?:find|see|understand|identify|determine|know|figure)\b)",
            re.I,
        ),
        (r",?\s*\b(?:(?:as )?compared|in comparison|relative) (?:to|with|against) (?:one another|each other)\b", re.I),
        (
            r"(?<!\band )(?<!\bor )(?<!\bvs )(?<!\bwith )\bover all\b"
            r"(?=\s*[.?!,;]|\s*$|\s+(?:in|for|during|since|between)\b)",
            re.I,
        ),
        (r"(?<=\bcompare )(?:to|with|against) (?:one another|each other)\b", re.I),
        (r"\b(?:seems?|appears?|tends?) to (?=(?:be|have)\b)", re.I),
        (r"(?<=\bhow )good (?=(?:is|are|was|were)\b[^.?!]*\b(?:by|per|across)\b)", re.I),
        # "The place name should be included in the result": what is told anyway.
        (
            r"(?:(?<=name )|(?<=names )|(?<=title )|(?<=titles ))(?:should|must|shall|has to|have to|needs? to) "
            r"(?:also )?be (?:included?|shown|displayed|listed|visible)"
            r"(?: (?:in|on) the (?:\w+ )?(?:table|results?|output|report|list))?(?=\s*[.!]*\s*$)",
            re.I,
        ),
        (rf"{_SENTENCE}(?:please )?include the (?:filters?|formula|query) (?:used|applied)[.!]*\s*$", re.I),
        (r"^\s*(?:please )?answer(?: this| the following| my question)?(?: question)?\s*[:,–—-]+", re.I),
        (rf"^\s*for (?:my|our|the|a|an) {_OF_AN_OCCASION}*{_OCCASION}{_SOON}\s*[:,–—-]+", re.I),
        (rf"\bfor (?:my|our|the|a) {_OF_AN_OCCASION}*{_MEETING_PAPERS}(?=\s*[.?!]*\s*$)", re.I),
        (rf"^\s*(?i:you are|you['’]re|act as) (?:an?|the|my|our) {_SOMEBODY}(?: {_SOMEBODY}){{0,8}}\s*[.!;:]+", 0),
        (
            r"^\s*(?:the |a )?(?:user|human)(?:['’]s)?(?: (?:asks|asked|wants to know|question|query|request|prompt|"
            r"message|input))?\s*:+",
            re.I,
        ),
        (rf",?\s*\b(?:in|as) (?:an? )?{_FORM}\b(?!\s+\w*['’]?s?\s*\d)", re.I),
        (
            rf",?\s*\b(?:with|using|in|as) an? (?:{_LOOK} )*(?:{_PICTURE}|chart|graph)"
            r"(?=\s*[.?!]|\s*$|\s+(?:for|in|by|over)\b)",
            re.I,
        ),
        (r"\bon (?:the|one) same (?=(?:chart|graph)\b)", re.I),
        (
            r"(?:(?:^|(?<=[.!?;,:]))\s*|\band )(?:please )?"
            r"(?:show|display|give|draw|plot|create|make|build|generate|produce)"
            rf"(?: me| us)? (?:it |this )?(?:as |in )?an? (?:{_LOOK} )*{_PICTURE}[.!]*\s*$",
            re.I,
        ),
        (rf"\b(?:an? |the )?(?:{_LOOK} )*{_PICTURE} {_SHOWING}\b", re.I),
        (r"\b(?:an? )?(?:(?:simple|small|short|summary) )*(?:(?<=a )table|(?<=summary )table)"
         rf" {_SHOWING}\b", re.I),
        (rf"\b{_LOOK} (?=(?:{_LOOK} |line |area )*(?:chart|graph|plot)\b)", re.I),
        (r"(?<=chart )showing(?=\s)|(?<=graph )showing(?=\s)|(?<=plot )showing(?=\s)", re.I),
        (rf"{_SENTENCE}(?:please )?(?:be|keep it|keep this|answer) {_SHORTLY}(?:ly)?\b[.!,]*", re.I),
        (
            rf"{_SENTENCE}no (?:further )?(?:explanations?|comments?|prose)(?: needed| please| required)?"
            r"(?:[.!,;:]+|\s*$)",
            re.I,
        ),
        (
            rf"{_SENTENCE}(?:please )?answer with (?:just |only )?(?:a |the )?(?:single )?numbers?(?: only)?[.!,:]*",
            re.I,
        ),
        (rf",?\s*\b(?:please )?round(?:ed)?(?: off)?(?: it| them| the (?:result|answer|number|value)s?)? to {_DIGITS}"
         r" (?:decimal places?|decimals?|digits?)\b[.!,]*", re.I),
        (
            r"^\s*(?:regarding|concerning|with (?:regards?|respect) to|as (?:regards|for)|when it comes to|based on|"
            r"looking at|on the (?:topic|subject) of)\b",
            re.I,
        ),
        (
            r"(?:^|[,.!?;–—-])\s*(?:many )?(?:thanks|thank you|cheers|regards|(?:best|kind|warm) regards|ta|thx)"
            r"(?: in advance| a lot| so much| very much)?[,.! ]*(?-i:[A-Z][a-z]+(?: [A-Z][a-z]+)?)?[.!]*\s*$",
            re.I,
        ),
    )
)  # fmt: skip


# Behind what is compared: it is compared with each other anyway.
_ONE_ANOTHER = re.compile(r",?\s*\b(?:with|to|against) (?:one another|each other)(?=\s*[.?!]*\s*$)", re.I)
_COMPARED = re.compile(r"\bcompar(?:e|es|ed|ing|ison)\b", re.I)


def courtesies(text: str) -> Iterator[tuple[int, int]]:
    """Where each of them begins and ends. Never the whole of a text."""
    patterns = (*_COURTESIES, *((_ONE_ANOTHER,) if _COMPARED.search(text) else ()))
    found = [m.span() for pattern in patterns for m in pattern.finditer(text)]
    said = set(range(len(text))) - {at for start, end in found for at in range(start, end)}
    if any(text[at].isalnum() for at in said):
        yield from sorted(found)


def without_courtesies(text: str) -> str:
    """The text as long as before, with blanks in their place."""
    for start, end in courtesies(text):
        text = text[:start] + " " * (end - start) + text[end:]
    if again := _NAMES_AGAIN.search(text):
        text = text[: again.start("again")] + " " * (again.end("again") - again.start("again"))
    return text
