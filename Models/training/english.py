"""English ways to say what a sound is: states of machines, other sounds, machines, and the sentences around them.

In each list the entries after "|" are held out: the text tower never sees them.
"""

# Nouns: "a pump with ...", "... of the pump".
STATES = {
    "normal": """normal running; running normally; normal operation; operating normally; in normal operation; healthy;
        in good condition; without any fault; no fault; working properly; running smoothly; normal; healthy machine;
        fault free operation; normal condition; normal state; everything normal; no anomaly; working normally;
        runs normally; healthy; healthy condition; machine in good health; normal machine sound; machine running normally;
        ok; okay; fine; all is well; everything fine; in order; good; good condition; well maintained; running well;
        running fine; works well; works normally; undamaged; intact;
        healthy operation; healthy state; good running condition; steady running; trouble free running; faultless
        | functioning normally; in good health; regular running; works fine;
        no faults; undamaged and in good condition""",
    "bearing-lacking-oil": """bearing lacking oil; bearing lacking lubrication; bearing short of oil; bearing without oil;
        bearing without lubrication; bearing running dry; bearing starved of oil; bearing in need of grease;
        insufficient bearing lubrication; poorly lubricated bearing; bearing not lubricated; bearing lacking grease;
        dry bearing; unlubricated bearing; bearing oil starvation; lack of oil in the bearing; bearing low on oil;
        bearing lubrication failure; loss of bearing lubrication; oil shortage in the bearing; squealing dry bearing;
        bearing that lacks oil; bearing needs oil; bearings lacking oil; dry bearings;
        bearing oil is low; bearing with too little oil; bearing lack of lubricant;
        ball bearing without grease; rolling bearing lacking oil; bearing running without oil;
        bearing lubricant missing; oil starved bearing; no oil in the bearing; worn dry bearing
        | bearing short of lubricant; bearing with insufficient oil; under lubricated bearing; bearing has no oil;
        lubrication shortage in the bearing; bearing starved of lubrication; bearing oil shortage; dry running bearing""",
    "valve-plate-broken": """valve plate broken; broken valve plate; cracked valve plate; fractured valve plate;
        damaged valve plate; valve plate failure; valve plate breakage; broken valve; reed valve broken; valve damaged;
        broken reed valve; leaking valve plate; discharge valve plate broken; suction valve plate damaged;
        valve plate rupture; valve fault; faulty valve; valve plate cracked; valve plate fracture; valve plate is broken;
        ruptured valve plate; valve plate damage; valve plate in pieces; rattling broken valve plate; valve problem;
        failed valve plate; valve broken; cracked valve; shattered valve plate; valve plate has broken; bad valve;
        valve plate split; valve plate defect; defective valve plate; valve failure; damaged valve
        | valve plate fractured; the valve plate is cracked; fractured valve; valve plate that broke; split valve plate;
        damaged reed valve; valve breakage; broken discharge valve plate""",
    "motor-overheating": """motor overheating; overheated motor; hot motor; motor running hot; motor too hot;
        overheating motor; motor overload and overheating; excessive motor temperature; electric motor overheating;
        motor over temperature; motor thermal overload; overloaded motor; motor fault; motor overheated; motor is hot;
        motor temperature too high; overheating electric motor; motor getting too hot; motor winding overheating;
        overheated winding; motor that is overheating; high motor temperature; motor running too hot; motor overload;
        faulty motor; motor problem; motor heating up; motor burning hot; motor winding too hot; drive motor overheating;
        overheat of the motor; motor with excessive heat; bad motor; motor failure
        | motor is overheating; overheated electric motor; motor excessively hot; overheating of the motor;
        a motor that runs too hot; motor temperature is too high; hot running motor; motor over heating""",
    "fault": """fault; faulty; a fault; malfunction; abnormal; anomaly; abnormal sound; abnormal noise; unusual noise; defect;
        defective; machine fault; something wrong; not normal; abnormal operation; abnormal running; failure; failing;
        damaged; damage; broken; trouble; abnormal condition; strange noise; in bad condition; unhealthy; anomalous
        | faulty operation; a defect; an abnormality; not working properly; a malfunction""",
    "bearing-fault": """bearing fault; faulty bearing; bearing problem; bad bearing; bearing defect; bearing trouble; bearing failure;
        defective bearing; bearing noise; abnormal bearing; bearing in bad condition; bearing anomaly
        | a bad bearing; bearing malfunction; noisy bearing""",
    "cavitation": """cavitation; cavitating; heavy cavitation; severe cavitation; cavitation noise; vapour bubbles; vapor bubbles collapsing;
        impeller cavitation; cavitation at the impeller; cavitation damage; suction cavitation; collapsing vapour bubbles;
        cavitation crackle; crackling cavitation; too little suction pressure; insufficient suction head; low suction pressure
        | cavitation in the impeller; strong cavitation; imploding vapour bubbles; cavitation bubbles""",
    "bearing-worn": """bearing worn; worn bearing; bearing wear; worn out bearing; bearing worn out; worn bearings; bearings worn;
        bearing damage; damaged bearing; bearing damaged; rough bearing; grinding bearing; pitted bearing; spalled bearing;
        bearing is worn; excessive bearing wear; rolling bearing worn; ball bearing wear; deteriorated bearing; bearing fatigue
        | a badly worn bearing; wear of the bearing; bearing that is worn; heavily worn bearing""",
    "running-dry": """running dry; dry running; dry run; no liquid; no water; without liquid; without water; air in the suction line;
        sucking air; drawing air; air intake; air in the pipe; gas in the pump; lost prime; loss of prime; air entrainment;
        starved of liquid; no fluid; pumping air; air lock; air drawn in; empty suction line; suction of air
        | pumping no liquid; sucking in air; air in the liquid; run without water""",
    "seal-leaking": """seal leaking; leaking seal; seal leakage; leaky seal; shaft seal leaking; leaking shaft seal; mechanical seal leaking;
        leaking mechanical seal; seal leak; seal failure; damaged seal; worn seal; seal damage; leak at the shaft seal; seal worn;
        failed seal; faulty seal; seal fault; packing leaking; leaking packing; leakage at the seal; seal is leaking; broken seal
        | leak of the seal; shaft seal leak; seal that leaks; defective seal""",
    "coupling-loose": """coupling loose; loose coupling; coupling looseness; loosened coupling; coupling worn; worn coupling; coupling fault;
        faulty coupling; coupling damage; damaged coupling; coupling play; slack coupling; coupling knocking; coupling is loose;
        loose shaft coupling; shaft coupling loose; coupling bolts loose; coupling has play; rattling coupling; coupling problem
        | a coupling that came loose; coupling with play; coupling not tight; looseness of the coupling""",
    "unbalance": """unbalance; imbalance; unbalanced rotor; rotor unbalance; rotor imbalance; out of balance; unbalanced impeller;
        impeller unbalance; unbalanced; rotor out of balance; imbalanced rotor; unbalanced wheel; uneven mass of the rotor;
        impeller out of balance; dirt on the impeller; lost balance weight; mass unbalance; unbalanced blades; rotating unbalance;
        imbalance of the rotor; unbalanced shaft
        | an imbalanced impeller; wheel out of balance; unbalance of the rotor; poorly balanced rotor""",
    "blade-rubbing": """blade rubbing; rubbing blade; blades rubbing; rubbing blades; blade scraping; scraping blade; blade touching the casing;
        blade rub; blade contact; impeller rubbing; impeller rubbing the casing; blade hitting the housing; blades scraping;
        blade striking the casing; rubbing against the housing; scraping impeller; blade rubs the casing; touching blade;
        blade rubbing against the inlet; scraping noise of a blade; blade grazing the housing
        | a blade that rubs; impeller scraping; blade rubbing the housing; contact of a blade with the casing""",
    "bearing-lacking-grease": """bearing lacking grease; bearing without grease; bearing short of grease; dry bearing; bearing needs grease;
        bearing in need of grease; ungreased bearing; bearing not greased; poorly greased bearing; insufficient bearing grease;
        lack of grease in the bearing; bearing low on grease; grease starvation of the bearing; bearing grease dried out;
        bearings lacking grease; poorly lubricated bearing; bearing lacking lubrication; no grease in the bearing; bearing lacks grease;
        bearing grease shortage; insufficient lubrication of the bearing; dried grease in the bearing
        | bearing with too little grease; bearing has no grease; under greased bearing; bearing starved of grease""",
    "filter-clogged": """filter clogged; clogged filter; blocked filter; filter blocked; dirty filter; filter plugged; plugged filter;
        clogged air filter; blocked air filter; air filter dirty; filter is clogged; choked filter; stalled flow; blocked inlet;
        restricted air flow; inlet blocked; air flow blocked; dust in the filter; filter full of dust; clogged filter mat;
        obstructed filter; filter needs changing; reduced air flow; clogged intake
        | filter that is blocked; a choked air filter; clogging of the filter; filter choked with dust""",
    "bearing-outer-race": """bearing outer race damage; damaged bearing outer race; outer race fault; outer race defect; bearing outer race fault;
        bearing outer ring damage; damaged outer ring; outer ring fault; bearing outer race defect; damaged outer race of the bearing;
        spalled outer race; outer race damage; defective outer race; cracked outer race; outer ring defect of the bearing;
        damaged bearing; bearing damage; bearing outer race damaged; outer race spalling; pitted outer race; outer race wear;
        bearing with a damaged outer ring; bearing race damage
        | faulty outer ring; a spall on the outer race; damage of the bearing outer race; outer race failure""",
    "rotor-bar-broken": """broken rotor bar; rotor bar broken; rotor bar fault; broken rotor bars; cracked rotor bar; rotor bar crack; rotor fault;
        rotor bar damage; damaged rotor bar; rotor bars broken; rotor cage damage; broken cage bar; damaged rotor cage; rotor defect;
        fractured rotor bar; rotor bar defect; broken squirrel cage; faulty rotor; rotor bar is broken; defective rotor bar;
        broken bar in the rotor; rotor cage fault
        | fracture of a rotor bar; a rotor bar that broke; cracked cage bar; rotor with a broken bar""",
    "foundation-loose": """loose foundation; foundation loose; loose foot; soft foot; loose mounting; mounting loose; loose mounting bolts;
        loose anchor bolts; foot bolts loose; mechanical looseness; foundation bolts loose; loosened foundation; loose base;
        base loose; loose feet; feet loose; mounting bolts loose; looseness of the foundation; loose frame; loose bolts;
        loose hold down bolts; poorly fastened base; foundation looseness
        | a foundation that came loose; loosened mounting bolts; loose foundation bolts; foot not tightened""",
    "tooth-broken": """broken tooth; tooth broken; broken gear tooth; gear tooth broken; chipped tooth; chipped gear tooth; missing tooth;
        missing gear tooth; tooth breakage; gear tooth breakage; cracked tooth; fractured tooth; damaged tooth; gear tooth damage;
        broken teeth; broken gear; tooth fracture; tooth fault; gear with a broken tooth; tooth broken off; damaged gear tooth;
        gear tooth fault; snapped tooth
        | a tooth that broke off; fracture of a gear tooth; cracked gear tooth; gear missing a tooth""",
    "gears-worn": """worn gears; gears worn; gear wear; worn gear; worn teeth; worn gear teeth; gear teeth worn; tooth wear; tooth surface wear;
        worn out gears; gears worn out; gear is worn; excessive gear wear; worn tooth flanks; pitted gears; gear pitting; pitted teeth;
        wear of the gears; gear tooth wear; rough gear teeth; gear surface damage; gear worn
        | gears that are worn; badly worn gear teeth; wear of the teeth; heavily worn gears""",
    "misalignment": """misalignment; shaft misalignment; misaligned shaft; misaligned shafts; shafts misaligned; gear misalignment; misaligned;
        shaft out of alignment; out of alignment; misaligned gears; poor alignment; bad alignment; axis misalignment; angular misalignment;
        parallel misalignment; shaft not aligned; incorrect alignment; misaligned coupling; shaft alignment fault; alignment error;
        offset shafts; alignment problem
        | misalignment of the shaft; shafts not in line; badly aligned shaft; wrongly aligned shafts""",
    "gears-lacking-oil": """gears lacking oil; gears without oil; gears short of oil; gear lacking oil; lack of gear oil; no gear oil; low gear oil;
        gear oil low; gear oil shortage; gears lacking lubrication; gears not lubricated; poorly lubricated gears; gears running dry;
        unlubricated gears; dry gears; low oil level; insufficient gear lubrication; gear oil missing; gears starved of oil;
        gears need oil; gear lubrication failure; lack of oil; too little gear oil; scuffing gears; gear scuffing
        | gears with too little oil; oil starved gears; shortage of gear oil; gears in need of oil""",
}  # fmt: skip

# What follows the machine's name without "with".
PREDICATES = {
    "cavitation": "cavitating; that cavitates; in cavitation; cavitating heavily | which is cavitating; cavitating badly",
    "running-dry": """running dry; that runs dry; sucking air; drawing air; running without water; running without liquid; taking in air;
        pumping air; that has lost its prime | that sucks air; which is running dry""",
    "unbalance": "out of balance; running unbalanced; that is unbalanced; running out of balance | which is out of balance",
    "filter-clogged": "choked by its filter; short of air; starved of air | that gets no air",
    "foundation-loose": "loose on its foundation; not firmly mounted; loosely mounted; standing loose | loose on its base",
    "misalignment": "out of alignment; misaligned; not aligned | that is out of line",
    "gears-lacking-oil": "lacking oil; short of oil; without oil; running without oil; low on oil; running dry; starved of oil | out of oil",
    "motor-overheating": "overheating; running hot; that overheats; running too hot; with an overheated winding | that runs hot",
    "fault": "failing; not running properly; running abnormally; that is faulty; out of order; behaving strangely | that is failing",
}  # fmt: skip

# Every subject meets every predicate; what is held out above stays out.
PRODUCTS = {
    "normal": (
        "running; operating; working; machine running; normal; healthy; stable",
        "normally; properly; smoothly; correctly; well; fine; regularly; steadily; as expected; as usual; without faults; "
        "without problems; without any anomaly; in good order; operation; state; condition",
    ),
    "other": (
        "other; another; some other; different; unknown; unrelated; unidentified; irrelevant; miscellaneous; random; "
        "background; ambient; environmental; any other; something",
        "sound; sounds; noise; noises; audio; sound source; else; thing",
    ),
    "bearing-lacking-oil": (
        "bearing; bearings; ball bearing; roller bearing; main bearing; crankshaft bearing; motor bearing",
        "lacking oil; lacking lubrication; lacking lubricant; lacking grease; without oil; without grease; low on oil; "
        "out of oil; short of grease; starved of oil; running dry; running without lubrication; in need of oil; "
        "in need of lubrication; not oiled; not greased; poorly lubricated; insufficiently lubricated; dried out; "
        "with dry friction; with too little grease; with low oil",
    ),
    "valve-plate-broken": (
        "valve plate; valve plates; valve; reed valve; suction valve; discharge valve; inlet valve; outlet valve; valve disc",
        "broken; cracked; fractured; damaged; ruptured; shattered; leaking; split; defective; failed; in pieces; "
        "that is broken; with a crack; with a fracture; broken apart; torn",
    ),
    "motor-overheating": (
        "motor; electric motor; drive motor; induction motor; motor winding; compressor motor; engine motor",
        "overheating; overheated; too hot; running hot; very hot; hot; heating up; overloaded; excessively heated; "
        "above its temperature limit; at too high a temperature; with high temperature; that overheats; that is too hot; "
        "burning hot; overheating badly",
    ),
    "bearing-worn": (
        "bearing; bearings; ball bearing; roller bearing; pump bearing; shaft bearing",
        "worn; worn out; damaged; badly worn; rough; grinding; deteriorated; pitted; with wear; with damage; at the end of its life",
    ),
    "seal-leaking": (
        "seal; shaft seal; mechanical seal; packing; gland; seal ring",
        "leaking; leaky; worn; damaged; failed; with a leak; that leaks; not tight; defective; broken; losing liquid; hissing",
    ),
    "coupling-loose": (
        "coupling; shaft coupling; coupling bolts; coupling element; flexible coupling",
        "loose; loosened; worn; with play; slack; that is loose; not tight; knocking; rattling; damaged; coming loose",
    ),
    "unbalance": (
        "rotor; impeller; wheel; fan wheel; shaft; blades",
        "out of balance; unbalanced; imbalanced; not balanced; with unbalance; with imbalance; poorly balanced; off balance",
    ),
    "blade-rubbing": (
        "blade; blades; impeller; fan wheel; rotor blade; vane",
        "rubbing; scraping; touching the casing; rubbing the housing; hitting the casing; grazing; in contact with the housing; "
        "striking the housing; scraping the housing; rubbing against the casing",
    ),
    "bearing-lacking-grease": (
        "bearing; bearings; ball bearing; roller bearing; fan bearing; shaft bearing",
        "lacking grease; without grease; short of grease; not greased; in need of grease; lacking lubrication; poorly greased; "
        "low on grease; dried out; running dry; lacking lubricant; poorly lubricated; starved of grease; with little grease",
    ),
    "filter-clogged": (
        "filter; air filter; filter mat; inlet filter; intake; inlet; filter screen; strainer",
        "clogged; blocked; dirty; plugged; choked; full of dust; obstructed; that is clogged; in need of cleaning; dusty",
    ),
    "bearing-outer-race": (
        "outer race; outer ring; bearing outer race; bearing outer ring; outer bearing race; outer raceway",
        "damaged; damage; defect; fault; cracked; spalled; pitted; worn; defective; with a crack; with a spall; with damage; faulty",
    ),
    "rotor-bar-broken": (
        "rotor bar; rotor bars; rotor cage; cage bar; squirrel cage; rotor",
        "broken; cracked; fractured; damaged; defective; faulty; with a crack; with a break; interrupted; failed",
    ),
    "foundation-loose": (
        "foundation; base; mounting; foot; feet; mounting bolts; anchor bolts; base frame; bedplate; foundation bolts; base bolts",
        "loose; loosened; not tight; that is loose; not fastened; coming loose; slack; with looseness",
    ),
    "tooth-broken": (
        "tooth; gear tooth; teeth; gear teeth; pinion tooth; tooth of the gear",
        "broken; broken off; chipped; missing; cracked; fractured; damaged; snapped; with a crack; with a fracture",
    ),
    "gears-worn": (
        "gear; gears; gear teeth; tooth flanks; teeth; gear wheels; pinion",
        "worn; worn out; badly worn; pitted; with wear; rough; with pitting; worn down; deteriorated",
    ),
    "misalignment": (
        "shaft; shafts; gear shaft; axis; drive shaft; input shaft; output shaft",
        "misaligned; out of alignment; not aligned; misalignment; out of line; poorly aligned; with misalignment; offset; not in line",
    ),
    "gears-lacking-oil": (
        "gear; gears; gear teeth; gear wheels; teeth; gear mesh",
        "lacking oil; without oil; short of oil; low on oil; lacking lubrication; running dry; not lubricated; starved of oil; "
        "poorly lubricated; in need of oil; out of oil; scuffing; lacking lubricant",
    ),
    "fault": (
        "machine; equipment; running; operation; sound; noise; condition; unit",
        "abnormal; faulty; fault; anomaly; not normal; unusual; failure; defect; wrong; problem; trouble; malfunction",
    ),
}  # fmt: skip

OTHER = {
    "other": """other; other sound; other sounds; something else; unknown sound; unrelated sound; background noise;
        none of these; anything else; another sound; not a machine; no machine; environmental noise; other noise;
        miscellaneous; different sound; unidentified sound; irrelevant noise; ambient sound; ambient noise; others;
        some other sound; unknown; unknown noise; none of the above; no compressor; surroundings; other sound source;
        random noise; environment; not a compressor; everything else; any other sound; other kind of sound;
        different noise; a different sound; unknown sounds; an unrelated sound; unrelated; irrelevant; different; elsewhere;
        noise from elsewhere; noise of the surroundings; background; a background noise; any noise; none
        | something different; unrelated noise; an unknown noise; a different noise; other noises; background sound;
        neither; miscellaneous sound""",
    "room-tone": "silence; quiet room; room tone; empty room; nothing | a silent room",
    "speech": "speech; a person talking; a man speaking; a woman speaking; human voice; someone talking | a person speaking",
    "babble": "people talking; a crowd of voices; conversation; babble; chatter; crowd | several people talking",
    "singing": "singing; a person singing; a song; a singer | someone singing",
    "music": "music; a band playing; background music; pop music; radio music | music playing",
    "melody": "a melody; a flute; piano; a musical instrument; a tune | piano playing",
    "alarm-beep": "alarm; beeping; an alarm beep; a warning signal; beeps; buzzer | an alarm sounding",
    "siren": "siren; an ambulance; police siren; fire engine siren | a wailing siren",
    "telephone": "telephone ringing; a phone ringing; ringtone | a ringing telephone",
    "bell": "bell; a bell ringing; church bells; chime | a ringing bell",
    "hammering": "hammering; hammer blows; a hammer on metal; striking metal | a hammer striking metal",
    "knocking": "knocking; knocking on a door; knocks on wood | a knock at the door",
    "footsteps": "footsteps; steps; someone walking; walking | a person walking",
    "keyboard": "keyboard typing; typing; a computer keyboard; key clicks | typing on a keyboard",
    "clock": "clock ticking; ticking; a ticking clock; metronome | the ticking of a clock",
    "applause": "applause; clapping; an audience clapping; hand clapping | people clapping",
    "rain": "rain; rainfall; heavy rain; raindrops | rain falling",
    "wind": "wind; wind blowing; strong wind; gusts of wind | howling wind",
    "stream": "running water; a stream; flowing water; a brook; water | water flowing",
    "traffic": "traffic; cars on a road; cars passing; a busy street; highway | road traffic",
    "train": "train; a passing train; railway; a train on rails | a train passing by",
    "car": "car engine; an idling car; a truck engine; engine; vehicle | a running car engine",
    "birds": "birds; birdsong; birds singing; chirping birds | chirping of birds",
    "crickets": "crickets; insects; cicadas; chirping insects | chirping crickets",
    "dog": "dog; a barking dog; dog barking; barks | a dog that barks",
    "door": "door; a slamming door; door closing; a creaking door | a door slamming",
    "fan": "household fan; a desk fan; a table fan; a fan in the room; an electric fan blowing | a small desk fan",
    "air-conditioner": "air conditioner; air conditioning; room air conditioning | an air conditioning unit",
    "power-tool": "drill; an electric drill; a power tool; a saw; an angle grinder | a power drill",
    "white-noise": "white noise; static noise; hiss; static | noise like static",
    "steam": "steam; escaping steam; hissing gas; compressed air blowing off | steam escaping",
    "mains-hum": "mains hum; electric hum; transformer hum; a humming transformer | electrical hum",
    "glass": "glass; clinking glass; breaking glass; dishes clinking | glass clinking",
    "forklift": "forklift; a reversing forklift; a reversing vehicle; a warehouse | a forklift backing up",
}  # fmt: skip

MACHINES = {
    "compressor": """air compressor; compressor; piston compressor; reciprocating compressor; reciprocating air compressor;
        piston air compressor | industrial air compressor; compressor unit""",
    "pump": "pump; centrifugal pump; water pump; circulation pump; process pump; feed pump; coolant pump | booster pump; pump unit",
    "fan": "fan; industrial fan; centrifugal fan; axial fan; exhaust fan; blower; ventilation fan | supply fan; extraction fan",
    "motor": """motor; electric motor; induction motor; asynchronous motor; three phase motor; drive motor
        | squirrel cage motor; ac motor""",
    "gearbox": "gearbox; gear box; gear unit; speed reducer; gear reducer; industrial gearbox | reduction gearbox; gear drive",
    "any": "machine; the equipment; unit; device; plant machine | piece of equipment; rotating machine",
}  # fmt: skip

TEMPLATES = """{}; the sound of {}; a sound of {}; this is a sound of {}; this is the sound of {}; sound of {};
    a recording of {}; audio of {}; the noise of {}; an audio recording of {}; {} sound; i hear {}; it sounds like {};
    this audio contains {}; noise from {}; this sound is {}; sounds of {}; a clip of {}; there is {}; recorded sound of {};
    you hear {}; microphone signal of {}; hearing {}
    | a microphone recording of {}; you can hear {}; this is {}; listen to {}"""

# How a phrase joins the machine: "{m}" is the machine with its article, "{p}" the phrase.
NORMAL_JOINS = "{m} {p}; {m}, {p}; {m}: {p}; {p}, {m}"
FAULT_JOINS = """{m} with {p}; {m} with a {p}; {m} with the {p}; {m}, {p}; {m}: {p}; {p} in {m}; {p} of {m}; {p}, {m}
    | {m} having a {p}; {m} that has a {p}; {m} suffering from {p}"""
