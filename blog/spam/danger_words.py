"""The same matters in looser words: what is said of them that the close phrases of `crisis_words` do not foresee."""

from .crisis_words import DRUG, END, FAR, NEAR, TOOK

_PERSON = rf"(?:{NEAR}|(?:a|the) (?:man|woman|person|guy|partner|boyfriend|husband) who|somebody who|someone who)"
_ACUTE = (
    r"(?:now|tonight|today|this (?:morning|evening|afternoon)|since (?:this|last|yesterday|an?|\d|noon|"
    r"midnight|breakfast)|"
    r"suddenly|for (?:an?|the last|two|three|\d+) (?:hours?|minutes)|at the moment|just|twice|getting worse|right away)"
)
_MEANS = (
    r"(?:rope|noose|razor|blades?|pills|overdose|gun|cliff|railway (?:line|tracks|bridge)|train (?:line|tracks)|"
    r"motorway bridge|high bridge|multi-?storey|the tracks)"
)

SUICIDE = (
    (
        r"\b(?:want|wants|wanna|wish|wishes|hope|ready|going|need|needs) (?:to|2|i could|i would|i might)(?: just| "
        rf"only)? die\b{END}"
    ),
    (
        r"\bif i (?:was|were|am|'?m|had)(?: just)? ?(?:not|n'?t|no longer|never)? (?:here|around|alive|there|dead|"
        rf"gone|born)\b{END}"
    ),
    (
        r"\b(?:out of|end) my misery\b(?! by)|\b(?:finish|finishes|take|takes) me off\b|\b(?:hope|wish|pray|"
        r"want)\b[^.!?\n]{0,40}\bfinish(?:es)? me\b(?! off with)"
    ),
    rf"\b(?:stand|bear|hate|sick of|tired of|stop) (?:being alive|living|my life|existing)\b{END}",
    (
        r"\bi (?:have|see|feel|had)(?: got)? no (?:hope|future|reason|purpose|will|strength)(?: left| any "
        r"?more)?(?= (?:and|to (?:live|go|get up|carry))|\s*(?:[.!?,\n]|\Z))"
    ),
    r"\bno reason (?:for me )?to (?:keep going|go on|get up|carry on|stay)\b(?! (?:with|to) (?:the|this|that))",
    (
        r"\b(?:want|wants|going|ready|long|longing)(?: to)? (?:be with|go to|join|follow)(?: my)? \w+(?: who "
        r"(?:died|passed)| (?:soon|in heaven|up there|on the other side))"
    ),
    (
        r"\bi (?:think|thought|thinking|dream|keep thinking|took|bought|stood|walked|drove|went|"
        rf"sat)\b{FAR}{{0,30}}\b{_MEANS}\b"
    ),
    (
        r"\b(?:said|saying) goodbye to (?:all of us|everybody|everyone|us all|the family)\b|\b(?:gave|giving|given) "
        r"away (?:all )?(?:his|her|my) (?:things|possessions|belongings|pets)\b"
    ),
    (
        r"\b(?:kids|children|family|wife|husband|everyone|everybody|people)\b[^.!?\n]{0,20}\b(?:happier|better|"
        r"easier|relieved)\b[^.!?\n]{0,12}\b(?:without me|if i (?:was|were|am|died|wasn'?t))\b"
    ),
    (
        r"\bcan i die (?:from|of|if)\b|\b(?:will|would|could) (?:it|this|that|they) kill me\b(?= *(?:[.!?,\n]|\Z|if "
        r"i (?:take|took|swallow)))"
    ),
)
SELF_HARM = (
    (
        r"\b(?:cut|burned|burnt|burn|carved|stabbed|scalded) (?:my|her|his) \w+ (?:with|again|on purpose|three|"
        r"twice|every|last night|so that)\b(?! (?:the (?:oven|iron|kettle|secateurs)))"
    ),
    (
        r"\b(?:bangs?|banging|hits?|hitting) (?:my|his|her|their) head\b[^.!?\n]{0,40}\b(?:on purpose|until|again "
        r"and again|every)\b"
    ),
)
OVERDOSE = (
    (
        rf"\b{TOOK}\b{FAR}{{0,40}}\b{DRUG}\b{FAR}{{0,15}}\b(?:by mistake|by accident|at once|in one go|with (?:a lot "
        r"of |some |a bottle of )?(?:gin|vodka|whisky|wine|alcohol|rum))\b"
    ),
    (
        rf"\b(?:toddler|year old|baby|child|kid|daughter|son|grandson|granddaughter)\b{FAR}{{0,20}}\b(?:drank|ate|"
        rf"swallowed|chewed|licked|opened)\b{FAR}{{0,30}}\b(?:medicine|mixture|syrup|bottle of|{DRUG})\b"
    ),
    (
        r"\b(?:injected|injecting) (?:my |her |his |the )?\w+ (?:twice|three times|too much|double|again by)\b|"
        r"\b(?:swallowed|took|taken) a handful\b"
    ),
    (
        r"\b(?:has|have|'s) taken something\b|\b(?:die|kill me|dangerous|too late)\b[^.!?\n]{0,15}\b(?:from|after|"
        r"of) (?:\d{2,3}|all|a whole|so many) \w+"
    ),
)
EMERGENCY = (
    (
        rf"\b(?:pain|pains|pressure|tightness|burning)\b{FAR}{{0,20}}\b(?:chest|breastbone|"
        rf"heart)\b{FAR}{{0,40}}\b(?:{_ACUTE}|shoulder|jaw|arm|sweat\w*)\b"
    ),
    (
        r"\b(?:clutching|holding|grabbing|clutches) (?:his|her|my) chest\b|\b(?:he|she|face) (?:is|has gone|went|"
        r"looks|turned) (?:grey|gray|ashen|white as|clammy|cold and)\b"
    ),
    (
        r"\b(?:hardly|barely|not|stopped) breathing\b|\b(?:i|he|she) can (?:hardly|barely) breathe\b(?! for "
        r"laughing)|\bpain when i breathe\b"
    ),
    (
        r"\b(?:baby|child|toddler|newborn|he|she) (?:is|has gone|went) (?:limp|floppy|blue|stiff|lifeless)\b|\bwill "
        r"not (?:feed|wake|drink) (?:or|and)\b"
    ),
    (
        r"\bcough(?:ing|ed)? (?:up )?blood\b|\b(?:fainted|collapsed|passed out|blacked out) (?:twice|again|today|"
        r"just now|this|three)\b"
    ),
    (
        r"\bdo(?:es)? ?n[o']?t know (?:where|who) (?:she|he) is\b(?! going)|\b(?:cannot|can'?t) (?:get|wake|rouse) "
        r"(?:him|her) (?:up|awake)\b"
    ),
    (
        r"\b(?:cannot|can'?t) (?:hold|lift|move|feel) (?:her|his) (?:cup|arm|hand|leg|head)\b|\bspeech is "
        r"(?:slurred|gone|strange)\b"
    ),
)
_STRIKES = (
    r"(?:hits?|punch(?:es|ed)|slap(?:s|ped)|beats?|kick(?:s|ed)|chok(?:es|ed)"
    r"|strangl(?:es|ed)|threaten(?:s|ed)|burn(?:s|ed)|whips?|rap(?:es|ed))"
)
VIOLENCE = (
    (
        rf"\b{_PERSON} (?:\w+ ){{0,2}}{_STRIKES} (?:me|us|my (?:mother|son|daughter|children|kids|sister)|her|"
        r"him)\b(?! (?:at|to the|to it|by (?:a|ten)|home|in (?:chess|scrabble|cards)|most|as (?:a|the)|when it "
        r"rains))"
    ),
    (
        rf"\b{_PERSON} (?:\w+ )?(?:comes|came|gets) into my (?:room|bed)\b|\b(?:will|'ll|going to) (?:finish|kill|"
        r"hurt|get) me\b(?= *(?:[.!?,\n]|\Z))|\babout the bruises\b"
    ),
    r"\bi have nowhere (?:else )?to go\b",
)
