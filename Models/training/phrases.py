"""English and Chinese ways to say what a sound is: a small grammar, with phrasings and templates kept apart for test."""

import functools
import random
import re

# In each list the entries after "|" are held out: the text tower never sees them.
ENGLISH = {
    "normal": """normal running; running normally; normal operation; operating normally; in normal operation; healthy;
        in good condition; without any fault; no fault; working properly; running smoothly; normal; healthy machine;
        fault free operation; normal condition; normal state; everything normal; no anomaly; working normally;
        runs normally; a healthy compressor; a normal compressor; an air compressor in normal operation;
        an air compressor running as it should; machine in good health; normal machine sound; machine running normally;
        ok; okay; fine; all is well; everything fine; in order; good; good condition; well maintained; running well;
        running fine; works well; works normally; a well running compressor; an intact compressor; undamaged; intact;
        healthy operation; healthy state; good running condition; steady running; trouble free running; faultless
        | functioning normally; in good health; a normally running compressor; regular running; works fine;
        no faults; an undamaged compressor in good condition""",
    "bearing-lacking-oil": """bearing lacking oil; bearing lacking lubrication; bearing short of oil; bearing without oil;
        bearing without lubrication; bearing running dry; bearing starved of oil; bearing in need of grease;
        insufficient bearing lubrication; poorly lubricated bearing; bearing not lubricated; bearing lacking grease;
        dry bearing; unlubricated bearing; bearing oil starvation; lack of oil in the bearing; bearing low on oil;
        bearing lubrication failure; loss of bearing lubrication; oil shortage in the bearing; squealing dry bearing;
        bearing that lacks oil; bearing needs oil; bearings lacking oil; dry bearings; bearing fault;
        faulty bearing; bearing problem; bearing oil is low; bearing with too little oil; bearing lack of lubricant;
        ball bearing without grease; rolling bearing lacking oil; bearing running without oil; bad bearing;
        bearing lubricant missing; oil starved bearing; no oil in the bearing; worn dry bearing; bearing defect
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
    "fan": "fan; a fan; a fan blowing; a ventilator; a cooling fan humming | an electric fan",
    "air-conditioner": "air conditioner; air conditioning; a ventilation system; ventilation | an air conditioning unit",
    "power-tool": "drill; an electric drill; a power tool; a saw; an angle grinder | a power drill",
    "white-noise": "white noise; static noise; hiss; static | noise like static",
    "steam": "steam; escaping steam; hissing gas; compressed air blowing off | steam escaping",
    "mains-hum": "mains hum; electric hum; transformer hum; a humming transformer | electrical hum",
    "glass": "glass; clinking glass; breaking glass; dishes clinking | glass clinking",
    "forklift": "forklift; a reversing forklift; a reversing vehicle; a warehouse | a forklift backing up",
}  # fmt: skip

CHINESE = {
    "normal": """正常运行; 正常运转; 正常工作; 运行正常; 正常; 工作正常; 健康状态; 状态良好; 无故障; 没有故障; 无异常; 平稳运行;
        运行良好; 正常状态; 良好; 完好; 完好无损; 运转平稳; 运转顺畅; 未发现异常; 未发现故障; 无任何故障; 机器正常; 设备正常; 一切良好; 未见故障; 工况正常; 正常运行状态; 运转正常; 一切正常; 没有异常; 健康; 良好状态; 正常的声音; 无故障运行; 正常运行中
        | 运转良好; 工作状态正常; 运行平稳; 状态正常; 未见异常; 正常的运行""",
    "bearing-lacking-oil": """轴承缺油; 轴承润滑不足; 轴承缺少润滑; 轴承缺润滑油; 轴承干磨; 轴承无油; 轴承没有油; 轴承少油;
        轴承润滑不良; 轴承缺乏润滑; 轴承油不足; 轴承缺脂; 轴承干摩擦; 轴承故障; 轴承润滑失效; 缺油的轴承; 轴承缺少润滑油; 轴承油量不足;
        轴承需要加油; 轴承缺少油; 滚动轴承缺油; 轴承未润滑; 轴承异常; 轴承有问题; 轴承没油; 轴承没有润滑; 润滑不足的轴承; 轴承干转; 轴承损坏;
        轴承出现缺油; 轴承严重缺油
        | 轴承缺乏润滑油; 轴承油少; 轴承没有润滑油; 轴承润滑油不足; 轴承润滑不够; 轴承缺油故障; 干磨的轴承""",
    "valve-plate-broken": """阀片破裂; 阀片断裂; 阀片损坏; 阀片破损; 阀板破裂; 阀板损坏; 气阀阀片破裂; 阀片碎裂; 阀片裂开; 气阀损坏;
        气阀故障; 阀片故障; 破裂的阀片; 排气阀片破裂; 吸气阀片断裂; 阀片开裂; 阀片碎了; 阀片坏了; 阀片断了; 阀门损坏; 阀片裂了; 阀板断裂;
        阀片失效; 损坏的阀片; 阀片异常; 阀片有问题; 阀片漏气; 气阀破裂; 阀板故障; 阀片出现破裂; 阀片严重破裂
        | 阀片有裂纹; 断裂的阀片; 气阀阀片断裂; 阀板开裂; 阀片已破裂; 阀片破碎; 阀片破裂故障""",
    "motor-overheating": """电机过热; 马达过热; 电动机过热; 电机温度过高; 电机发热; 电机发烫; 电机超温; 过热的电机; 电机过载发热; 电机温升过高;
        电机过载; 电机太热; 电机热过载; 电机故障; 电机温度太高; 马达发热; 电机绕组过热; 马达温度过高; 电机高温; 电机异常; 电机有问题; 电机烫;
        发热的电机; 电动机温度过高; 驱动电机过热; 电机严重过热; 电机出现过热; 电机热了
        | 电机过热故障; 电机温度偏高; 过热的马达; 电动机发烫; 电机运行过热; 电机太烫; 马达太热""",
    "other": """其他; 其它; 其他声音; 其它声音; 别的声音; 未知声音; 不相关的声音; 无关的声音; 背景噪声; 环境噪声; 杂音; 别的; 都不是;
        不明声音; 未知; 环境声音; 其他噪声; 其他类型; 无关噪声; 非机器声音; 不是机器; 其他声源; 背景声; 不是空压机; 以上都不是; 环境音; 其他的;
        另外的声音; 其他情况; 其他噪音; 别的噪声; 未知噪声; 未知噪音; 无关; 无关的噪声; 背景; 环境; 周围的声音; 周围环境噪声;
        另外的噪声; 不同的声音; 外界声音; 外界噪声; 其他物体; 不属于机器的声音
        | 其他的声音; 其它噪声; 未知的声音; 背景噪音; 无关声音; 环境噪音; 不明噪声""",
    "room-tone": "安静; 安静的房间; 寂静; 无声 | 空房间",
    "speech": "说话; 人声; 有人说话; 讲话; 男人说话; 女人说话 | 说话的人",
    "babble": "人群说话; 嘈杂的人声; 谈话; 聊天; 人群 | 很多人说话",
    "singing": "唱歌; 歌声; 有人唱歌; 歌曲 | 歌手唱歌",
    "music": "音乐; 背景音乐; 乐队演奏; 播放音乐 | 正在播放音乐",
    "melody": "旋律; 笛子; 钢琴; 乐器 | 钢琴演奏",
    "alarm-beep": "警报; 报警; 蜂鸣; 报警器; 提示音 | 警报器响",
    "siren": "警笛; 救护车; 警车; 消防车 | 救护车警笛",
    "telephone": "电话铃; 电话响; 手机铃声 | 电话铃响",
    "bell": "钟; 铃; 敲钟; 铃铛; 教堂钟 | 敲响的钟",
    "hammering": "锤击; 敲打; 锤子敲打金属; 打铁 | 锤子敲击",
    "knocking": "敲门; 敲击木头; 敲击 | 有人敲门",
    "footsteps": "脚步; 走路; 有人走路; 步行 | 走路的脚步",
    "keyboard": "键盘; 打字; 敲键盘; 键盘敲击 | 键盘打字",
    "clock": "时钟; 滴答; 钟表; 时钟滴答 | 钟表滴答",
    "applause": "掌声; 鼓掌; 观众鼓掌; 拍手 | 热烈的掌声",
    "rain": "雨; 下雨; 雨声; 大雨; 雨滴 | 正在下雨",
    "wind": "风; 刮风; 风声; 大风 | 呼啸的风",
    "stream": "流水; 水流; 溪水; 水声; 水 | 流动的水",
    "traffic": "交通; 车流; 马路; 街道; 公路 | 马路交通",
    "train": "火车; 列车; 铁路; 火车经过 | 列车经过",
    "car": "汽车; 汽车发动机; 发动机; 卡车; 车辆 | 汽车怠速",
    "birds": "鸟; 鸟叫; 鸟鸣; 鸟儿歌唱 | 小鸟叫",
    "crickets": "蟋蟀; 虫鸣; 蝉鸣; 昆虫 | 蟋蟀叫",
    "dog": "狗; 狗叫; 犬吠 | 狗在叫",
    "door": "门; 关门; 摔门; 开门; 门吱呀 | 关上门",
    "fan": "风扇; 电风扇; 风机; 排风扇 | 风扇转动",
    "air-conditioner": "空调; 通风; 通风系统; 空调运行 | 空调机",
    "power-tool": "电钻; 电锯; 电动工具; 角磨机 | 电钻钻孔",
    "white-noise": "白噪声; 静电噪声; 沙沙 | 白噪音",
    "steam": "蒸汽; 漏气; 蒸汽泄漏; 排气 | 喷出的蒸汽",
    "mains-hum": "电流声; 工频嗡嗡; 变压器; 嗡嗡 | 变压器嗡嗡",
    "glass": "玻璃; 玻璃碰撞; 玻璃破碎; 碗碟碰撞 | 打碎玻璃",
    "forklift": "叉车; 倒车; 倒车提示; 仓库 | 叉车倒车",
}  # fmt: skip

ENGLISH_TEMPLATES = """{}; the sound of {}; a sound of {}; this is a sound of {}; this is the sound of {}; sound of {};
    a recording of {}; audio of {}; the noise of {}; an audio recording of {}; {} sound; i hear {}; it sounds like {};
    this audio contains {}; noise from {}; this sound is {}; sounds of {}; a clip of {}; there is {}; recorded sound of {}; you hear {}; microphone signal of {}; hearing {}
    | a microphone recording of {}; you can hear {}; this is {}; listen to {}"""

CHINESE_TEMPLATES = """{}; {}的声音; 这是{}的声音; {}声; {}的录音; 听到{}; {}的音频; {}时的声音; 一段{}的声音; 这是一段{}的录音; 声音是{};
    {}的噪声; {}声音; 这是{}; 听起来像{}; {}的动静; {}传来的声音; 录到{}; {}发出声音; 关于{}的声音; 有{}的声音
    | {}发出的声音; {}的一段录音; 可以听到{}; {}的响声"""

# Ways to name the machine around a fault or state; "{}" is the state.
ENGLISH_MACHINES = """air compressor; compressor; piston compressor; reciprocating compressor; reciprocating air compressor;
    machine; piston air compressor | industrial air compressor; compressor unit"""
CHINESE_MACHINES = "空压机; 压缩机; 空气压缩机; 活塞式空压机; 机器; 设备; 活塞压缩机; 往复式压缩机 | 机组; 活塞式压缩机"

# How a phrase joins the machine; sentences for full clauses come from the phrase lists themselves.
NORMAL_JOINS = ["{m} {p}", "{m}, {p}", "{m}: {p}", "{p}, {m}"]
FAULT_JOINS = ["{m} with {p}", "{m} with a {p}", "{m} with the {p}", "{m}, {p}", "{m}: {p}", "{p} in {m}", "{p} of {m}", "{p}, {m}"]  # fmt: skip
HELD_OUT_JOINS = ["{m} having a {p}", "{m} that has a {p}", "{m} suffering from {p}"]
CHINESE_JOINS = ["{m}{p}", "{m}的{p}", "{m}，{p}", "{m}出现{p}"]
HELD_OUT_CHINESE_JOINS = ["{m}发生{p}", "{m}有{p}"]


def split(text):
    """-> (seen, held out) entries of a list written "a; b | c"."""
    parts = [[" ".join(entry.split()) for entry in half.split(";")] for half in text.split("|")]
    return parts[0], (parts[1] if len(parts) > 1 else [])


# Every subject meets every predicate; what is held out above stays out.
ENGLISH_PRODUCTS = {
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
}  # fmt: skip
CHINESE_PRODUCTS = {
    "normal": (
        "运行; 运转; 工作; 状态; 机器; 设备; 声音; 工况",
        "正常; 良好; 平稳; 无异常; 无故障; 没有异常; 没有故障; 稳定; 健康; 完好; 顺畅; 没问题; 一切正常",
    ),
    "other": (
        "其他; 其它; 别的; 未知; 不明; 无关; 不相关; 另外; 陌生; 未知的; 不明的; 无关的; 不相关的; 另外的; 背景; 环境; 周围; 外界",
        "声音; 噪声; 噪音; 声响; 音; 杂音; 声源; 响动; 声",
    ),
    "bearing-lacking-oil": (
        "轴承; 滚动轴承; 主轴承; 曲轴轴承; 电机轴承; 滚珠轴承",
        "缺油; 润滑不足; 缺少润滑; 缺润滑油; 无油; 没油; 少油; 润滑不良; 干磨; 干摩擦; 缺脂; 缺润滑脂; 没有油; 油量不足; 需要加油; 失油; "
        "无润滑; 润滑缺失; 干转; 断油; 润滑差",
    ),
    "valve-plate-broken": (
        "阀片; 阀板; 气阀; 阀门; 排气阀; 吸气阀; 进气阀; 排气阀片; 吸气阀片; 进气阀片; 簧片阀",
        "破裂; 断裂; 损坏; 破损; 碎裂; 裂开; 开裂; 碎了; 断了; 裂了; 坏了; 失效; 有裂缝; 破了; 漏气; 崩裂; 折断",
    ),
    "motor-overheating": (
        "电机; 马达; 电动机; 驱动电机; 主电机; 电机绕组",
        "过热; 发热; 发烫; 温度过高; 超温; 高温; 太热; 很烫; 过载; 温升过高; 温度太高; 过载发热; 烧热; 热过载; 严重发热; 温度异常; 很热",
    ),
}  # fmt: skip


@functools.cache
def cores(kind, english):
    """-> (seen, held out) ways to say a class, products included."""
    seen, unseen = split((ENGLISH if english else CHINESE)[kind])
    products = (ENGLISH_PRODUCTS if english else CHINESE_PRODUCTS).get(kind)
    if products:
        subjects, predicates = (split(part)[0] for part in products)
        joined = [f"{s} {p}" if english else s + p for s in subjects for p in predicates]
        reversed_order = [f"{p}的{s}" for s in subjects for p in predicates[:8]] if not english else []
        # The listed phrasings are the common ones: they count for a little more than the rest.
        seen = seen * 4 + joined + reversed_order
    return [core for core in seen if core not in unseen], unseen


def _article(machine, draw):
    first = "an" if machine[0] in "aeiou" else "a"
    return draw.choice([f"{first} {machine}", f"{first} {machine}", f"the {machine}", machine])


class Grammar:
    """Draws phrases: from the seen half for training, and with a held-out core, template or join for test."""

    def __init__(self, seed):
        self.draw = random.Random(seed)

    def phrase(self, kind, language, held_out=False):
        english = language == "en"
        seen, unseen = cores(kind, english)
        templates, new_templates = split(ENGLISH_TEMPLATES if english else CHINESE_TEMPLATES)
        machines, new_machines = split(ENGLISH_MACHINES if english else CHINESE_MACHINES)
        core = self.draw.choice(unseen if held_out else seen)
        is_machine = kind in ("normal", "bearing-lacking-oil", "valve-plate-broken", "motor-overheating")
        new_machine = held_out and self.draw.random() < 0.5
        if is_machine and self.draw.random() < 0.5 and (not english or "compressor" not in core and "machine" not in core):
            machine = self.draw.choice(new_machines if new_machine else machines)
            if english:
                joins = NORMAL_JOINS if kind == "normal" else FAULT_JOINS
                if held_out and kind != "normal" and self.draw.random() < 0.5:
                    joins = HELD_OUT_JOINS
                machine = _article(machine, self.draw)
            else:
                joins = HELD_OUT_CHINESE_JOINS if held_out and kind != "normal" and self.draw.random() < 0.5 else CHINESE_JOINS
                joins = ["{m}{p}", "{p}的{m}"] if kind == "normal" else joins
            core = self.draw.choice(joins).format(m=machine, p=core)
        elif english and is_machine and kind != "normal" and self.draw.random() < 0.35 and core[:2] not in ("a ", "no"):
            core = self.draw.choice(["a ", "the ", "the "]) + core
        plain = self.draw.random() < 0.35
        use_new = held_out and self.draw.random() < 0.6
        template = "{}" if plain else self.draw.choice(new_templates if use_new else templates)
        text = template.format(core)
        return self._write(text, english)

    def _write(self, text, english):
        """Capitals and full stops as people put them, or not."""
        if english:
            style = self.draw.random()
            if style < 0.3:
                text = text[0].upper() + text[1:]
            elif style < 0.36:
                text = text.title() if style < 0.33 else text.upper()
            text = re.sub(r"\bi hear", "I hear", text)
            return text + ("." if self.draw.random() < 0.15 else "")
        return text + ("。" if self.draw.random() < 0.1 else "")

    def thinned(self, text, english):
        """Drops a word here and there, so that meaning does not hang on one of them."""
        if english:
            words = text.split()
            kept = [w for w in words if self.draw.random() > 0.06 or len(words) < 4]
            return " ".join(kept) or text
        return text


def all_words():
    """Text the tokenizer's merges are learned from: English words as they occur, Chinese in words of one or two characters,
    so that no token swallows a whole phrase."""
    grammar = Grammar(0)
    lines = []
    for kind in ENGLISH:
        lines += [grammar.phrase(kind, "en") for _ in range(400 if kind in list(ENGLISH)[:5] else 25)]
    for kind in CHINESE:
        seen, _ = cores(kind, False)
        for entry in list(dict.fromkeys(seen)) + split(CHINESE_TEMPLATES)[0] + split(CHINESE_MACHINES)[0]:
            text = re.sub(r"[^\u4e00-\u9fff]", "", entry)
            lines += list(text) * 4
            lines += [text] if len(text) == 2 else []
    lines += ["轴承", "阀片", "电机", "马达", "声音", "空压机", "压缩机", "缺油", "润滑", "破裂", "断裂", "过热", "正常", "运行", "其他", "其它"] * 40  # fmt: skip
    return lines
