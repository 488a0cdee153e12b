"""How people write of danger to life, as regular expressions (any case, inside one sentence).

STRONG ones speak of oneself or of somebody near; only a time long past excuses them. WEAK ones name the matter, and are
excused as well where the sentence is about the matter. Each is bounded: none reads more than some words ahead.
"""

_NOT = r"(?:do(?:es)? ?n[o']?t|not|no longer|never|did ?n'?t|nothing)"
CANNOT = r"(?:ca ?n'?t|cannot|can not)"
_SELF = r"(?:myself|himself|herself|themself|themselves|my self)"
_THEIR = r"(?:my|his|her|their)"
NEAR = (
    r"(?:he|she|they|(?:my|our|the|his|her)(?: \w+)? ?(?:husband|wife|partner|boyfriend|girlfriend|ex|father|mother|"
    r"dad|mum|mom|son|daughter|brother|sister|friend|child|baby|toddler|kid|grandson|granddaughter|neighbour|carer|"
    r"stepfather|uncle|aunt|gran|nan|grandad|grandmother|grandfather|boy|girl|lad|colleague))"
)
FAR = r"[^.!?\n]"
_AGAIN = r"(?: any ?more| any longer| much longer)"
END = (
    r"(?=\s*(?:[.!?,;:\n]|\Z|and\b|but\b|so\b|because\b|since\b|tonight\b|now\b|today\b|that\b|if\b|with (?:this|"
    r"all)\b))"
)

SUICIDE = (
    (
        rf"\b(?:kill|killing|shoot|shooting|drown|drowning|hang|hanging|poison|poisoning|off|top) {_SELF}\b(?! "
        r"upside| off| from)"
    ),
    r"\b(?:do|doing) (?:away with )?myself in\b|\bdo away with myself\b|\bkms\b|\bunaliv(?:e|ing)\b|\bnoose\b",
    (
        rf"\b(?:end|ending|take|taking|taken) (?:{_THEIR} (?:own )?li(?:fe|ves)\b(?! (?:back|in|into|with|more|"
        r"as)\b)|it all\b)"
    ),
    rf"\b(?:decided|going|want|wants|ready|plan|planning|time) to end (?:it|everything|things)\b{END}",
    (
        r"\b(?:want|wants|wanted|wanting|wanna|hoping|longing|ready|beg|begging|pray|praying)(?: (?:to|just|only|i|"
        rf"so|much|badly)){{0,3}} (?:die|be dead)\b(?! (?:at home|in {_THEIR}|peaceful|with dignity|laughing|old|of "
        r"old|down))"
    ),
    (
        r"\b(?:want|wanna|wants) (?:to )?(?:just )?(?:disappear|stop existing|vanish) (?:for ever|forever)\b|"
        r"\bwanna (?:just )?die\b"
    ),
    (
        r"\b(?:wish|wishes|wishing)(?: that)? (?:i|he|she|they)(?:'?d| would| could)? (?:just |only )?(?:was|were|"
        r"be|am|is)?(?: just)? ?(?:dead|not here|gone|die|not wake|never wake|never been born|never born|disappear)"
    ),
    (
        rf"\b{_NOT}(?: really| even| just)? (?:want|wants|wanna|wish|care|desire|feel like)(?: to)? (?:be (?:here|"
        rf"alive|around)|live|living|exist|existing|wake up|go on|carry on|keep going|continue)(?:{_AGAIN}|{END})"
    ),
    (
        rf"\b{CANNOT} (?:go on|carry on|keep going|live like this|live)(?: living)?(?: like this| this "
        rf"way)?(?:{_AGAIN}|{END})"
    ),
    (
        rf"\b{CANNOT} (?:do (?:this|it)|take (?:this|it)|bear (?:this|it)|cope|face another day|fight)(?:{_AGAIN}| "
        r"another)"
    ),
    (
        r"\b(?:better|happier) (?:off )?(?:without me\b|dead\b|if i(?:'m| was| were| am| had)? ?(?:not|n't)? "
        r"?(?:dead|gone|die|died|never))"
    ),
    (
        r"\b(?:no|any|not a|what) (?:reason|point|purpose|sense|use|hope)(?: left)?(?: (?:of|to|in|for|keep|"
        r"be)){0,2} (?:live|living|go(?:ing)? on|carry(?:ing)? on|alive|being alive|stay(?:ing)? alive|"
        r"exist(?:ing)?|life|being here|being around)\b"
    ),
    (
        r"\b(?:what'?s|what is) the (?:point|use) (?:of|in) (?:living|going on|staying alive|being alive|being here|"
        r"carrying on|life)\b"
    ),
    (
        r"\b(?:nothing|no ?one|nobody)(?: left)? to live for|\bno (?:will|wish) to live\b|\blost the will to "
        rf"live\b{END}"
    ),
    (
        r"\b(?:life|living|it)(?: is|'s)? ?(?:n't|not|no longer|isn'?t)(?: even)? worth (?:living|it any ?more|"
        r"going on)\b"
    ),
    rf"\b(?:go(?:ing)? to |fall(?:ing)? a?)sleep(?: {FAR}{{0,12}})? ?(?:and )?(?:never|not) wak(?:e|ing)\b",
    (
        rf"\b(?:want|wish|hope|hoping|pray|like|rather|wanna){FAR}{{0,40}}\b(?:never|not|{_NOT}) (?:to )?wak(?:e|"
        r"ing) up\b"
    ),
    (
        r"\b(?:had enough of|tired of|sick of|done with|finished with|give up on|giving up on|hate) (?:life|living|"
        rf"being alive|my life)\b{END}"
    ),
    (
        r"\brather (?:be dead\b|die than (?:live|go on|carry on|spend|have|face|go through|wake|be)\b)|\bready to "
        r"(?:die|go to heaven)\b|\b(?:will|wo)(?:n'?t| not) "
        r"be here (?:tomorrow|next week|much longer)"
    ),
    (
        rf"\b(?:this is|my) (?:my )?(?:last |final )?(?:goodbye|good-bye|farewell)\b{END}|\bgoodbye (?:everyone|"
        r"everybody|world|for ?ever)\b"
    ),
    (
        r"\b(?:suicide|goodbye|farewell) (?:note|letter)s?\b|\b(?:written|wrote|writing)(?: \w+)? (?:letters?|"
        rf"notes?) to {_THEIR} (?:children|family|wife|husband|kids|parents|mum|mother|daughter|son)"
    ),
    (
        r"\b(?:jump|jumping|throw myself|throwing myself|step|stepping|walk|walking|drive|driving) (?:off|from|in "
        r"front|under|into|out)(?: \w+){0,3} (?:bridge|trains?|roof|window|building|cliff|balcony|lorry|truck|"
        r"traffic|tracks|motorway|wall|sea|river)\b"
    ),
    (
        r"\bif i had a (?:gun|pistol)\b|\b(?:bought|found|got) (?:a|the|some) (?:gun|rope|pistol)\b|\bgun (?:in|to) "
        r"my (?:mouth|head)\b"
    ),
    (
        rf"\b(?:i have|i'?ve|i'?ve got|have) (?:a|the|my|got a) (?:plan|method|means|date)\b{FAR}{{0,40}}\b(?:date|"
        r"how|ready|tonight|pills|method|means)\b"
    ),
    r"\bi know (?:exactly )?(?:how|when|where) i(?:'ll|'m| will| would| am)(?: going to)? (?:do|end) (?:it|this)\b",
    rf"\bjust want (?:it|this|everything)(?: all)? to (?:be over|end|stop)\b{END}",
    (
        r"\bdo something (?:stupid|silly|bad) to (?:myself|himself|herself)\b|\btr(?:ied|ying|y) to (?:kill|hang|"
        r"drown|shoot) (?:myself|himself|herself)\b"
    ),
    r"\bif i (?:just )?(?:killed|hanged|shot|drowned) myself\b",
    (
        r"\b(?:think|thinking|thought|dream|dreaming|fantasi[sz]e|fantasi[sz]ing|obsess\w+)(?: \w+)? (?:about|of|"
        r"is) (?:dying|death|being dead|my own death|not being here)\b"
    ),
    r"\ball i (?:can )?(?:think|dream|want)(?: (?:about|of))? is (?:dying|death|to die|to be dead|an end)\b",
    (
        r"\b(?:ways?|how|easiest|painless|quickest)(?: way)? to (?:die|kill myself|end (?:it|my life))\b|\bpainless "
        r"(?:way|death)\b"
    ),
    (
        r"\b(?:sorry|sad|disappointed|angry|annoyed)(?: that)? (?:i|she|he) (?:woke|wake|wakes) up\b|\b(?:should|"
        rf"deserve) (?:to )?(?:be dead|die)\b{END}"
    ),
    (
        r"\b(?:see|have|is|find)(?: there)? no way (?:out|forward)\b(?! of (?:the )?(?:contract|building|car))|"
        rf"{_NOT} see (?:a|any) (?:way out|future)\b"
    ),
    r"\bsaying (?:my )?goodbyes?\b(?! to (?:the|sugar|bread|caffeine|painkillers|my (?:stick|crutches)))",
    (
        rf"\b(?:pills?|tablets?|rope|blade|razor|gun)\b{FAR}{{0,15}}\b(?:are|is|lies?|lying|sits?)(?: \w+)? (?:ready|"
        r"waiting|lined up|counted|laid out|in front of me|next to me|beside me)\b"
    ),
    (
        r"\b(?:death|dying|being dead) (?:would|will|might) be (?:a )?(?:relief|better|kinder|easier|release|"
        r"mercy)\b|\b(?:hope|wish|pray) (?:that )?i (?:just )?die\b"
    ),
    (
        r"\b(?:nobody|no ?one) (?:would|will) (?:notice|care|miss me|cry)(?: if i(?:'m| was| were| am)? ?(?:died?|"
        r"gone|dead|disappeared|not here|killed myself)| when i(?:'m| am) gone)"
    ),
    (
        r"\bdo(?:es)? ?n[o']?t deserve to live\b|\b(?:sick|tired|exhausted) of (?:being|staying) (?:alive|here)\b|"
        r"\bgive up (?:living|on everything)\b"
    ),
)
SUICIDE_WEAK = (
    (
        r"\b(?:think\w*|thoughts?|talk\w*|speak\w*|consider\w*|contemplat\w*|plan\w*|threat\w*|attempt\w*|"
        rf"commit(?:ting)? ){FAR}{{0,12}}\bsuicide\b"
    ),
    r"\bsuicidal\b",
)

_HARMED = r"(?:my|her|his|their) (?:own )?(?:arms?|wrists?|legs?|thighs?|skin|stomach)"
_NO_ACCIDENT = (
    r"(?! (?:off|out|loose|short|free|some slack|a (?:slice|piece|bit)|shaving|on (?:the|a|my) |(?:while|"
    r"whilst|as i)\b|"
    r"when (?:i|he|she) (?:was|fell|slipped|tripped|lift\w*|had|tried)\b|\w+ing\b))"
)
SELF_HARM = (
    (
        r"\b(?:cut|cutting|cuts|burn|burning|burns|hurt|hurting|hurts|harm|harming|harms|injure|injuring|scratch|"
        rf"scratching|punish|punishing) {_SELF}\b{_NO_ACCIDENT}"
    ),
    rf"\b(?:cut|cutting|cuts|slash|slashing|slit|slitting|burn|burning|burns|scratching) {_HARMED}\b{_NO_ACCIDENT}",
    (
        r"\b(?:started|back to|can'?t stop|keep|keeps|been|is) cutting\b(?! (?:down|back|out|the|my|up|it|through|"
        r"carbs|sugar|short|corners)\b)"
    ),
    (
        rf"\b(?:hit|hitting|punch|punching|bang|banging)(?: \w+){{1,2}}{FAR}{{0,40}}\bon purpose\b|\bslit(?:ting)? "
        rf"{_THEIR} (?:wrists?|throat)\b"
    ),
    (
        rf"\b(?:scratch|scratching|pick|picking|bite|biting|cut|cutting|rub|rubbing)\b{FAR}{{0,30}}\buntil (?:they|"
        r"it|i) bleeds?\b"
    ),
    r"\b(?:hurting|cutting|burning|starving|punishing) (?:myself|himself|herself) (?:is|was|again|more|every)\b",
)
SELF_HARM_WEAK = (r"\bself[- ]?(?:harm(?:s|ed|ing)?|injur(?:ed|ing|es))\b",)

DRUG = (
    r"(?:tablets?|pills?|capsules?|meds|medication|medicines?|painkillers?|paracetamol|acetaminophen|tylenol|"
    r"ibuprofen|aspirin|codeine|co-?codamol|morphine|tramadol|insulin|methadone|methotrexate|digoxin|warfarin|lithium|"
    r"sleepers|antidepressants?|opioids?|opiates?|fentanyl|heroin|oxycontin|patches|\w{3,12}(?:triptyline|oxetine|"
    r"azepam|zolam|olol|pril|dipine|codone|morphone|zodone|traline|clone|formin))"
)
_POISON = (
    r"(?:bleach|antifreeze|white spirit|weed ?killer|drain cleaner|oven cleaner|detergent|disinfectant|petrol|"
    r"button batter\w+|batter(?:y|ies)|dishwasher tablets?|toilet cleaner|lamp oil|rat poison|nail varnish remover|"
    r"cleaner|cleaning fluid)"
)
TOOK = r"(?:taken|took|taking|take|swallowed|swallow|eaten|ate|necked|downed|injected|inject|drunk|drank)"
_MANY = (
    rf"(?:all (?:of )?{_THEIR}|all (?:of )?(?:the|these|those)|(?:the|a|my|his|her) (?:whole|entire|full)|too "
    r"(?:many|much)|(?:lots|loads) of|a (?:box|bottle|packet|pack|strip|handful|load|bunch) of|double|triple|"
    r"(?:about |around |over |nearly )?(?:(?:twelve|fifteen|sixteen|twenty|thirty|forty|fifty|sixty|a hundred)\b|"
    r"\d{2,3}\b(?! ?(?:mg|mcg|ml|g|µg|units?|years|minutes|days|weeks|per|%|x|-)\b)))"
)
_AS_MEANT = (
    r"(?! (?:as|with me|with us|with food|at (?:breakfast|lunch|night|the)|in the morning|on (?:time|holiday)|for|"
    r"every|daily|before|each|regularly))"
)
OVERDOSE = (
    (
        rf"\b(?:just |have |has |(?:i|he|she|they)?'?ve |i |accidentally |he |she ){{1,3}}{TOOK}(?: \w+)? "
        rf"{_MANY}(?: [\w'-]+){{0,5}}? "
        rf"{DRUG}\b{_AS_MEANT}"
    ),
    (
        r"\b(?:toddler|child|baby|son|daughter|grandson|granddaughter|grandchild|kid|boy|girl|he|"
        rf"she)\b{FAR}{{0,25}}\b(?:swallowed|eaten|ate|drank|drunk|got into|taken)\b{FAR}{{0,30}}\b(?:{DRUG}|"
        rf"{_POISON})\b"
    ),
    rf"\b(?:drank|drunk|swallowed|drink|swallow){FAR}{{0,20}}\b{_POISON}\b",
    (
        rf"\bhow (?:many|much)\b{FAR}{{0,50}}\b(?:kill (?:me|myself|him|her|someone|a person|an adult)|to die|fatal|"
        r"lethal|end it)\b"
    ),
    (
        r"\b(?:saved up|saving up|hoarded|hoarding|stockpiled|stockpiling|collected|"
        rf"collecting)\b{FAR}{{0,25}}\b{DRUG}\b"
    ),
    (
        rf"\b(?:have|has|'ve|had) (?:\w+ )?overdosed\b(?: on (?:\w+ )?{DRUG}\b|{END})|\b(?:lethal|fatal) "
        rf"dose\b{FAR}{{0,20}}\b(?:of|for)\b"
    ),
    r"\b(?:taken|took|taking|take) an overdose\b",
    (
        r"\b(?:taken|took|swallowed|necked|downed|eaten|drunk|drank)(?: \w+)? (?:way |far |much )?too (?:many|much) "
        rf"(?:of|{DRUG})\b(?! (?:photo|space|time|room))"
    ),
    (
        r"\b(?:took|swallowed|necked|taken|had) (?:\d{2,3}|a (?:whole|full) \w+ of|half a (?:bottle|box|packet|"
        rf"strip) of|(?:some|a lot|lots|most) of \w+) (?:\w+ )?{DRUG}\b{_AS_MEANT}(?! (?:mg|ml|over|in (?:the|a|"
        r"two)|a (?:day|week)))"
    ),
    (
        rf"\b(?:drunk|drank|taken|took|swallowed)(?: \w+)? half (?:a|the|of)(?: \w+){{0,2}} (?:{DRUG}|methadone|"
        r"cough (?:syrup|mixture)|vodka and)\b"
    ),
    rf"\b(?:double|triple|twice the|ten times the|wrong) dose of (?:\w+ )?{DRUG}\b(?! (?:as|for|every))",
    r"\bod(?:'?d|ed|ing)? on\b|\b(?:is|was) (?:this|that|it) an overdose\b",
)
OVERDOSE_WEAK = (rf"\boverdos(?:ed|ing)\b(?: on (?:\w+ )?{DRUG}\b|{END})",)

# A time that is over: the writer tells, and is not in it.
LONG_AGO = (
    r"\b(?:\w+ )?(?:years?|decades?) (?:ago|later|since|before)\b|(?<!since )\b(?:in |of )?(?:19|20)\d\d\b|\blast "
    r"(?:year|spring|summer|autumn|winter)\b|\bwhen (?:i|he|she) was (?:a|\w+teen|twenty|young|\d+|in my|at "
    r"school)\b|\bas a "
    r"(?:child|teenager|girl|boy|student|young)\b|\bused to\b|\bin my (?:teens|twenties|thirties|forties|fifties|"
    r"youth)\b|\b(?:long ago|once upon|back then|in those days)\b|\b(?:was|were) "
    r"having\b|\bfelt as if\b|\bas (?:my|our) \w+ used to\b|\bfirst (?:husband|wife|marriage)\b"
)
# What undoes that: it is there again, or still.
BUT_NOW = r"\b(?:again|still|right now|tonight|at the moment|even now|these days|every (?:day|night)|back now)\b"
# Said of now, whatever else the sentence tells: "It began in 2019 and I want to die".
PRESENT = (
    r"\b(?:i|we|he|she|they)(?: just| only| really| often| sometimes)? ?(?:want|wants|wish|can'?t|cannot|"
    r"don'?t|am|'?m|feel|feels|keep|think)\b"
)
# The next sentence puts it into the past.
THAT_WAS = r"\s*(?:that|it|this|all that|but that) was (?:in|years|a long|long|over|decades|\d|\w+ years)"
# The sentence is about the matter, not from within it.
ABOUT = (
    r"\b(?:died|passed away|my late|rates?|statistics|study|studies|research|article|leaflet|prevention|"
    r"awareness|charity|helpline|film|play|"
    r"novel|debate|campaign|survivors?|bereaved|topic|press|page|group|doctors have|signs of|symptoms of|difference "
    r"between|side effects?|is that common|if you|if anyone|if anybody|to anyone|anybody who|anyone who|people who|"
    r"those who|somebody who|lost (?:my|our|a) \w+ to)\b"
)
# Advice to whoever reads: nobody in it is in danger now, unless the writer comes in too.
FOR_OTHERS = (
    r"\b(?:if|when|whenever) (?:you|one|anyone|anybody|somebody|someone)\b|\bto (?:anyone|anybody|all|those) who\b|"
    r"\b(?:people|those|anybody|anyone) who\b"
)
MYSELF = r"\b(?:i|i'?m|i'?ve|me|my|mine)\b"
