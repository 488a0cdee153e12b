"""How people write of an emergency of the body and of somebody who hurts them; as in `crisis_words`."""

from .crisis_words import CANNOT, END, FAR, NEAR

_PRESENT = r"(?:am|is|are|m|s|be|i'?m|he'?s|she'?s)"
_NOW = (
    r"(?:right now|now|tonight|this (?:morning|evening|afternoon)|since (?:this|last|yesterday|breakfast|lunch|"
    r"dinner|noon|midnight|an?|half|\d)|for (?:the (?:last|past)|an?|half|two|three|\d+) ?(?:\w+ )?(?:hours?|"
    r"minutes|mins)|at the moment|as i (?:write|type)|suddenly|(?:should|shall|do) i (?:call|go|wait|ring|do)|what "
    r"(?:should|do|shall) i do|left arm|my arm|jaw|sweating|help)"
)
_CHEST = (
    r"(?:chest (?:pains?|hurts|is|feels|tightness|pressure)|(?:pains?|pressure|tightness|weight|elephant) (?:in|on|"
    r"across|over) (?:my|his|her|the) chest)"
)
EMERGENCY = (
    (
        rf"(?:\b|'){_PRESENT}(?: \w+)? having (?:a|an|another) (?:\w+ )?(?:heart attack|stroke|seizure|fit|asthma "
        r"attack)\b"
    ),
    rf"\b{_CHEST}{FAR}{{0,80}}\b{_NOW}\b|\b{_NOW}\b{FAR}{{0,40}}\b{_CHEST}",
    rf"\b(?:crushing|squeezing|stabbing|unbearable) {_CHEST}",
    (
        rf"\b(?:i|he|she|{NEAR}) (?:ca ?n'?t|cannot|can not|can hardly|can barely) breathe?\b(?! (?:through|out of|"
        r"well|in|easily|at night|for laughing|with laughter))"
    ),
    (
        r"\b(?:is|are|'s) ?(?:n'?t|not)(?: \w+)? breathing\b|\bstopped breathing\b|\b(?:struggling|fighting|"
        r"gasping) (?:to breathe|for (?:breath|air))\b"
    ),
    r"\blips? (?:are |is |have |has )?(?:going |turning |turned |gone )?blue\b|\b(?:turning|gone|going) blue\b",
    rf"\b(?:face|mouth|smile)\b{FAR}{{0,20}}\b(?:dropped|drooping|crooked|lopsided|fallen on|slipped)\b",
    (
        rf"\b(?:speech|words)\b{FAR}{{0,15}}\b(?:slurr(?:ed|ing)|com(?:e|ing) out wrong|jumbled)\b|\bslurring\b|"
        rf"\b{CANNOT} speak (?:properly|clearly)\b"
    ),
    (
        r"\b(?:floppy|limp|numb|weak|paralysed|paralyzed|no feeling) (?:down|on|all down|along) (?:one|the|his|her|"
        r"my)(?: \w+)? side\b"
    ),
    r"\b(?:has|have|just|'s)(?: just)? (?:collapsed|passed out|gone unconscious|fainted and)\b",
    r"\b(?:is|'s|lies|lying|are)(?: \w+)? (?:unconscious|unresponsive|not responding|not responsive|lifeless)\b",
    (
        rf"\b(?:{CANNOT}|won'?t|will not|not|n'?t) (?:wake(?: up)?|be woken|waking up)(?: (?:him|her))?\b(?= (?:him|"
        r"her)|\s*[.!?,\n]|\Z)"
    ),
    (
        r"\b(?:throat|tongue|windpipe|airway)\b(?: is| feels| has|'s)?(?: \w+)? (?:swelling|swollen|closing|closed|"
        r"closing up)\b"
    ),
    rf"\b(?:seizure|fit|fitting|convulsing)\b{FAR}{{0,25}}\b(?:not stop|n'?t stop|minutes|again and again)",
    (
        rf"\bbleeding\b{FAR}{{0,25}}\b(?:won'?t|will not|does ?n'?t|not|can'?t|cannot)(?: be)? stop\b|\b{CANNOT} "
        r"stop (?:the|this|it|from)? ?bleed\w*"
    ),
    (
        r"\b(?:cough|coughing|vomit|vomiting|throwing|bringing) up (?:\w+ ){0,3}blood\b|\bvomiting (?:\w+ "
        r")?blood\b|\bneed an ambulance\b"
    ),
    r"\b(?:this|it) (?:is|must be|could be|might be|feels like) (?:a|another) (?:heart attack|stroke)\b",
    (
        rf"\b(?:suddenly|now|just) {CANNOT} (?:lift|move|speak|see|walk|stand|feel|talk|swallow|breathe?)\b|"
        rf"\b{CANNOT} (?:lift|move|feel) (?:her|his|one|my|the) (?:\w+ )?(?:arm|leg|side|"
        rf"face)\b{FAR}{{0,40}}\b(?:suddenly|nonsense|since (?:this|an)|confused|speak|slurr\w+|face|mouth)\b"
    ),
    (
        r"\b(?:talks?|talking|speaking) (?:complete |total )?(?:nonsense|gibberish|rubbish)\b|\bsuddenly (?:very "
        r")?(?:confused|blind)\b"
    ),
    (
        r"\b(?:lying|lies|found (?:him|her)) on the floor\b|\b(?:does ?n[o']?t|not|won'?t|will not|stopped) "
        r"(?:answer|respond|answering|responding)(?:ing)?(?: to)?(?: me| us)?\b(?= *(?:[.!?,\n]|\Z|and|any))"
    ),
    (
        rf"\b{CANNOT} get (?:any|enough) (?:air|breath)\b(?! (?:through|with))|\b{CANNOT} (?:get|catch) my "
        r"breath\b(?! (?:on|after|when))"
    ),
    (
        r"\bblood everywhere\b|\b(?:losing|lost) (?:a lot of|so much|too much) blood\b|\b(?:does ?n[o']?t|not|"
        r"won'?t) stop bleeding\b|(?<!was )(?<!were )\bbleeding (?:heavily|badly|a lot)\b"
    ),
    (
        r"\b(?:tongue|throat|lips?)(?: is| are| feels?| has gone)? (?:thick|swelling|huge|tight and|itchy and "
        r"swollen)\b|\banaphyla\w+ (?:now|right now|again)\b"
    ),
    r"\bfitting for (?:\w+ )?(?:minutes|mins)\b|\bblue (?:around|in|at) the (?:lips|mouth|face)\b|\bno pulse\b",
)

_HURTS = r"(?:hits|beats|hurts|chokes|kicks|punches|slaps|rapes|abuses|strangles|threatens|stalks|bullies and hits)"
_IS_HURTING = r"(?:hitting|beating|hurting|choking|kicking|punching|raping|abusing|strangling|threatening|stalking)"
_HURT = r"(?:hit|beat|choked|strangled|punched|kicked|slapped|raped|stabbed|assaulted|attacked|hurt)"
_KILL = r"(?:kill|strangle|stab|hurt|choke|shoot|murder|attack)"
_LATELY = (
    r"(?:last night|last week|yesterday|today|again|this (?:morning|week|evening)|on (?:mon|tues|wednes|thurs|fri|"
    r"satur|sun)day|tonight)"
)
VIOLENCE = (
    rf"\b{NEAR}(?: \w+){{0,2}} {_HURTS} (?:me|us|her|the children|the kids)\b(?! (?:at|to|in the morning|home)\b)",
    (
        rf"\b{NEAR} (?:is|are|keeps|keep|'s)(?: \w+)? {_IS_HURTING} (?:me|us|the children|the kids)\b|\bbeing "
        r"(?:beaten|abused|hit|stalked)\b"
    ),
    rf"\b{_HURT} me\b{FAR}{{0,20}}\b{_LATELY}\b|\b{_LATELY}\b{FAR}{{0,25}}\b{_HURT} me\b",
    (
        rf"\b(?:tried|trying|threatened|threatens|threatening|wants|going) to {_KILL} (?:me|us|my)\b(?! (?:interest|"
        r"appetite|time))"
    ),
    (
        rf"\b(?:says|said|told me)(?: that)? (?:he|she|they)(?:'ll| will|'s going to| is going to) {_KILL} (?:me|us|"
        r"my)\b"
    ),
    (
        r"\b(?:held|holds|pulled|put|pointed) (?:a|the|his|her) (?:knife|gun|hammer|blade)\b|\b(?:he|she) has (?:a|"
        r"got a) (?:knife|gun)\b"
    ),
    (
        r"\b(?:afraid|scared|frightened|terrified) (?:to go home|to be at home|of (?:my|his|her) (?:husband|wife|"
        rf"partner|son|father|ex|boyfriend|carer))\b{END}"
    ),
    rf"\b(?:afraid|scared|frightened|terrified)(?: that)? {NEAR}(?: \w+){{0,4}} {_KILL}\b",
    r"\b(?:not|n'?t)(?: feel| feeling)? safe (?:at home|in my (?:own )?(?:home|house)|with (?:him|her)|here with)\b",
    (
        r"\b(?:i am|i'?m|we are|she is|he is) in (?:great |real )?danger\b|\b(?:locks|locked|keeps) me (?:in|up|"
        r"prisoner)\b(?! (?:the|my) (?:loop|picture))"
    ),
    (
        rf"\bi(?:'m| am|'ll| will| want)?(?: so \w+)?(?: i)? ?(?:going to|gonna|will|want to|'ll) {_KILL} (?:him|her|"
        r"them|my \w+|someone|somebody|people|everyone)\b"
    ),
    (
        rf"\b{NEAR} (?:pushed|pushes|threw|throws|shoved|shoves|dragged|drags|slammed|grabbed|pinned) me\b(?! (?:on "
        r"the swing|in (?:my|the) wheelchair|to the front|a))"
    ),
    r"\b(?:fear|fears|feared|scared|afraid|frightened|terrified) for (?:my|her|our) li(?:fe|ves)\b",
    (
        r"\b(?:afraid|scared|frightened|terrified) of (?:my|her) (?:husband|wife|partner|son|father|ex|boyfriend|"
        r"carer|dad|stepdad|brother)\b(?!'s)"
    ),
    (
        r"\b(?:use|used|using) (?:it|the knife|the gun) on (?:me|us|her|him)\b|\b(?:forces|forced|forcing) "
        r"(?:himself on me|me to have sex)\b"
    ),
    (
        r"\b(?:she|he|they) (?:won'?t|does ?n[o']?t|do ?n[o']?t|never) lets? (?:me|us) (?:leave|go out|see (?:a|the|"
        r"my) (?:doctor|family|friends))\b"
    ),
)
VIOLENCE_WEAK = (
    r"\b(?:physically|sexually) abus(?:ed|ing|es)\b|\bdomestic (?:abuse|violence)\b(?= (?:at|in) (?:my|our))",
)
