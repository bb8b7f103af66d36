// The tab's title: what is open in the alarm list shows even when the tab is behind others.
let page = "";
let open = 0;

function write() { document.title = (open ? `(${open}) ` : "") + (page ? page + " · Ausculta" : "Ausculta"); }

/** Pages with a name of their own (a machine, an alarm) set it once they know it. */
export function setPageTitle(words) { page = words; write(); }

export function setAlarmCount(count) { open = count; write(); }
