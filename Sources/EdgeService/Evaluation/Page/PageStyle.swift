// What the report looks like, in light and dark, on paper and on a phone.

enum PageStyle {
    static let css = """
        :root{--ink:#1b2733;--quiet:#5d6b78;--paper:#fff;--card:#f4f6f8;--line:#dde3e8;--ours:#0b6e8f;--base:#8b97a3;\
        --bad:#c2410c;--good:#2f7d4f}
        @media(prefers-color-scheme:dark){:root{--ink:#e6ebf0;--quiet:#9aa7b4;--paper:#12181f;--card:#1b232c;\
        --line:#2f3944;--ours:#56b7d6;--base:#7d8994;--bad:#f08a5d;--good:#6fc08f}}
        *{box-sizing:border-box}body{margin:0;background:var(--paper);color:var(--ink);\
        font:15px/1.5 system-ui,"Noto Sans","Noto Sans CJK SC",sans-serif}
        main{max-width:1060px;margin:0 auto;padding:24px 20px 60px}h1{margin:0;font-size:28px}
        h2{font-size:19px;margin:36px 0 10px;padding-top:14px;border-top:1px solid var(--line)}
        [lang=zh]{color:var(--quiet);font-weight:400;font-size:.85em}.lead,.quiet,small{color:var(--quiet)}
        .tiles{display:flex;gap:14px;flex-wrap:wrap}.tile{background:var(--card);border-radius:10px;padding:12px 18px;\
        flex:1 1 200px}.tile b{font-size:30px;display:block;line-height:1.2}.tile em{font-style:normal;display:block;\
        margin-top:4px}.tile span{color:var(--quiet)}
        .wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}
        table{font-size:13px}th,td{padding:5px 6px;text-align:right;border-bottom:1px solid var(--line);white-space:nowrap}
        tbody th,thead th:first-child{text-align:left;font-weight:600}tr.baseline{color:var(--quiet)}tbody th span{display:block}
        thead th{color:var(--quiet);font-weight:400}
        svg{display:block;width:100%;height:auto;margin:6px 0 14px}svg text{fill:var(--ink);font-size:12.5px}
        svg .tick{text-anchor:middle;fill:var(--quiet)}svg .name{text-anchor:end}svg text.baseline{fill:var(--quiet)}
        svg line.grid{stroke:var(--line)}svg line.chance{stroke:var(--quiet);stroke-dasharray:4 4}
        svg line.whisker{stroke-width:3;stroke-linecap:round;stroke:var(--ours);opacity:.45}
        svg line.whisker.baseline{stroke:var(--base)}circle.ours{fill:var(--ours)}circle.baseline{fill:var(--base)}
        .mark circle{stroke:var(--paper)}.m0 circle{fill:#b9b4a7}.m1 circle{fill:var(--base)}.m2 circle{fill:#c9a227}
        .m3 circle{fill:var(--ours)}.m4 circle{fill:var(--good)}
        .normal circle{fill:var(--ours);fill-opacity:.75}.anomalous path{fill:var(--bad);fill-opacity:.8}
        .plots,.clips{display:flex;flex-wrap:wrap;gap:18px}.plots figure{margin:0;flex:0 1 auto}
        .plots svg{width:300px}figcaption{color:var(--quiet);font-size:13.5px}figcaption b{color:var(--ink)}
        .clips figure{margin:0;background:var(--card);border-radius:10px;padding:12px 14px;flex:1 1 270px;max-width:100%}
        audio{width:100%;margin-top:8px;height:36px}
        .matrix td{background:color-mix(in srgb,var(--ours) calc(var(--share)*60%),transparent);min-width:46px}
        .matrix th{font-weight:400}@media print{section{break-inside:avoid}audio{display:none}}
        """

    /// One player at a time.
    static let script = """
        const players=[...document.querySelectorAll('audio')];
        for(const player of players)player.addEventListener('play',()=>{\
        for(const other of players)if(other!==player)other.pause()});
        """
}
