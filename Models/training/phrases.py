"""Draws English and Chinese ways to say what a class of sound is from the lists in `english.py` and `chinese.py`."""

import functools
import random
import re

import chinese
import english
from classes import AMBIENT, CLASSES, KINDS, SHARED, STATES

LANGUAGES = {"en": english, "zh": chinese}

# The states whose phrases a shared class is called by where no machine is named. The rest of the classes that belong to one
# kind are called by their state, with the machine's name or without.
SHARED_STATES = {
    "any/normal": ["normal"],
    "any/fault": ["fault"],
    "any/bearing-dry": ["bearing-lacking-oil", "bearing-lacking-grease"],
    "any/bearing-damaged": ["bearing-worn", "bearing-outer-race"],
    "any/bearing-fault": ["bearing-fault"],
    "any/motor-overheating": ["motor-overheating"],
}
# "The motor overheats" names no kind: it may be the motor of a compressor.
NAMELESS = ["motor/motor-overheating"]
NAMED = [name for name in CLASSES if name not in NAMELESS]
# Classes whose bare state goes to the shared class.
SHARED_MEMBERS = {member for name, members in SHARED.items() if name not in ("any/fault", "any/bearing-fault") for member in members}


def split(text):
    """-> (seen, held out) entries of a list written "a; b | c"."""
    parts = [[" ".join(entry.split()) for entry in half.split(";")] for half in text.split("|")]
    return parts[0], (parts[1] if len(parts) > 1 else [])


@functools.cache
def cores(state, language):
    """-> (seen, held out) ways to say a state or an other sound, products included."""
    lists = LANGUAGES[language]
    seen, unseen = split(lists.STATES[state] if state in lists.STATES else lists.OTHER[state])
    products = lists.PRODUCTS.get(state)
    if products:
        subjects, predicates = (split(part)[0] for part in products)
        joined = [f"{s} {p}" if language == "en" else s + p for s in subjects for p in predicates]
        reversed_order = [f"{p}的{s}" for s in subjects for p in predicates[:8]] if language == "zh" else []
        # The listed phrasings are the common ones: they count for a little more than the rest.
        seen = seen * 4 + joined + reversed_order
    return [core for core in seen if core not in unseen], unseen


@functools.cache
def predicates(state, language):
    """-> (seen, held out) ways to say a state right behind the machine's name."""
    return split(LANGUAGES[language].PREDICATES.get(state, ""))


def _article(machine, draw):
    if machine.startswith("the "):
        return machine
    first = "an" if machine[0] in "aeio" or machine.startswith("un") and not machine.startswith("uni") else "a"
    return draw.choice([f"{first} {machine}", f"{first} {machine}", f"the {machine}", machine])


class Grammar:
    """Draws phrases: from the seen half for training, and with a held-out core, template or join for test."""

    def __init__(self, seed):
        self.draw = random.Random(seed)

    def phrase(self, name, language, held_out=False):
        """A phrase for a class; `held_out` takes a core the text tower never saw, often in new surroundings."""
        lists = LANGUAGES[language]
        kind, _, state = name.partition("/")
        templates, new_templates = split(lists.TEMPLATES)
        if state:
            text = self._machine_phrase(name, kind, state, language, held_out)
        else:
            seen, unseen = cores(name, language)
            text = self.draw.choice(unseen if held_out else seen)
        plain = self.draw.random() < 0.35
        use_new = held_out and self.draw.random() < 0.6
        template = "{}" if plain else self.draw.choice(new_templates if use_new else templates)
        return self._write(template.format(text), language)

    def _machine_phrase(self, name, kind, state, language, held_out):
        shared = kind == "any" or name in NAMELESS
        if shared:
            kind = "any"
            name = f"any/{state}"
            state = self.draw.choice(SHARED_STATES[name])
        # A class that shares its bare state with others is told from them by the machine's name alone.
        share = {True: 0.25, False: 1.0 if name in SHARED_MEMBERS else 0.55}[shared]
        if name in ("any/fault", "any/bearing-fault") and self.draw.random() < 0.4:
            kind, share = self.draw.choice(KINDS), 1.0
        if name == "any/motor-overheating":
            # "Machine" may be the motor itself.
            kind = "motor" if language == "en" or self.draw.random() < 0.3 else "any"
        seen, unseen = cores(state, language)
        if self.draw.random() >= share:
            core = self.draw.choice(unseen if held_out else seen)
            if language == "en" and state not in ("normal", "fault") and self.draw.random() < 0.35 and core[:2] not in ("a ", "no"):
                core = self.draw.choice(["a ", "the ", "the "]) + core
            return core
        return self._join(kind, state, language, held_out)

    def _join(self, kind, state, language, held_out):
        lists = LANGUAGES[language]
        normal = state == "normal"
        machines, new_machines = split(lists.MACHINES[kind])
        machine = self.draw.choice(new_machines if held_out and self.draw.random() < 0.5 else machines)
        if language == "en":
            machine = _article(machine, self.draw)
        own, own_unseen = predicates(state, language)
        direct = own != [""] and (self.draw.random() < 0.35 or kind == "motor" and state == "motor-overheating")
        if direct:
            core = self.draw.choice(own_unseen if held_out else own)
            return f"{machine} {core}" if language == "en" else machine + core
        seen, unseen = cores(state, language)
        core = self.draw.choice(unseen if held_out else seen)
        joins, new_joins = split(lists.NORMAL_JOINS if normal else lists.FAULT_JOINS)
        if held_out and not normal and self.draw.random() < 0.5:
            joins = new_joins
        return self.draw.choice(joins).format(m=machine, p=core)

    def _write(self, text, language):
        """Capitals and full stops as people put them, or not."""
        if language == "en":
            style = self.draw.random()
            if style < 0.3:
                text = text[0].upper() + text[1:]
            elif style < 0.36:
                text = text.title() if style < 0.33 else text.upper()
            text = re.sub(r"\bi hear", "I hear", text)
            return text + ("." if self.draw.random() < 0.15 else "")
        return text + ("。" if self.draw.random() < 0.1 else "")

    def thinned(self, text, language):
        """Drops a word here and there, so that meaning does not hang on one of them."""
        if language == "en":
            words = text.split()
            kept = [w for w in words if self.draw.random() > 0.06 or len(words) < 4]
            return " ".join(kept) or text
        return text


def all_words():
    """Text the tokenizer's merges are learned from: English words as they occur, Chinese in words of one or two characters,
    so that no token swallows a whole phrase."""
    grammar = Grammar(0)
    lines = []
    for name in NAMED:
        lines += [grammar.phrase(name, "en") for _ in range(25 if name in AMBIENT else 200)]
    for state in [*chinese.STATES, *chinese.OTHER]:
        seen, _ = cores(state, "zh")
        own = predicates(state, "zh")[0]
        for entry in list(dict.fromkeys(seen)) + own + split(chinese.TEMPLATES)[0]:
            text = re.sub(r"[^\u4e00-\u9fff]", "", entry)
            lines += list(text) * 4
            lines += [text] if len(text) == 2 else []
    for names in chinese.MACHINES.values():
        lines += split(names)[0] * 20
    words = """轴承 阀片 电机 马达 声音 空压机 压缩机 缺油 润滑 破裂 断裂 过热 正常 运行 其他 其它 水泵 风机 齿轮 齿轮箱 减速机 叶片 叶轮 转子 滤网 轴封
        密封 泄漏 联轴器 松动 气蚀 汽蚀 空转 干转 磨损 断条 外圈 损伤 地脚 不平衡 碰擦 堵塞 断齿 缺脂 不对中 故障 异常"""
    return lines + words.split() * 40
