// The microphone of the device that shows the page: samples as they are.

/** What hinders: "insecure" (the page came without HTTPS), "unsupported", "denied", "missing", "busy". */
export class MicrophoneError extends Error {
  constructor(code, cause) {
    super(code);
    this.name = "MicrophoneError";
    this.code = code;
    this.cause = cause;
  }
}

const CODES = { NotAllowedError: "denied", SecurityError: "denied", NotFoundError: "missing", OverconstrainedError: "missing", NotReadableError: "busy", AbortError: "busy" };

/**
 * Opens a microphone: `const microphone = await openMicrophone({device, onBlock, onEnd})`. `onBlock(Float32Array)` gets
 * mono samples at `microphone.rate` (48 kHz where the browser can), `onEnd()` is told when the device goes away.
 * `microphone.close()` lets go of it. Throws MicrophoneError.
 */
export async function openMicrophone({ device = null, onBlock, onEnd = () => {} }) {
  if (!navigator.mediaDevices?.getUserMedia) throw new MicrophoneError(isSecureContext ? "unsupported" : "insecure");
  let stream;
  try {
    // Machines are not speech: what helps a call (echo and noise removal, gain control) would ruin their sound.
    stream = await navigator.mediaDevices.getUserMedia({
      audio: {
        deviceId: device ? { exact: device } : undefined,
        echoCancellation: false, noiseSuppression: false, autoGainControl: false, channelCount: { ideal: 1 },
      },
    });
  } catch (failure) {
    throw new MicrophoneError(CODES[failure.name] ?? "unsupported", failure);
  }
  let context;
  try {
    context = new AudioContext({ sampleRate: 48000 });
  } catch {
    context = new AudioContext();
  }
  let closed = false;
  const close = () => {
    if (closed) return;
    closed = true;
    for (const track of stream.getTracks()) track.stop();
    context.close().catch(() => {});
  };
  try {
    await context.audioWorklet.addModule("/assets/js/sound/capture-worklet.js");
    const source = context.createMediaStreamSource(stream);
    const node = new AudioWorkletNode(context, "capture", { numberOfOutputs: 0 });
    node.port.onmessage = (event) => { if (!closed) onBlock(event.data); };
    source.connect(node);
    for (const track of stream.getTracks()) track.addEventListener("ended", () => { if (!closed) { close(); onEnd(); } });
    if (context.state === "suspended") await context.resume();
  } catch (failure) {
    close();
    throw new MicrophoneError("unsupported", failure);
  }
  const track = stream.getAudioTracks()[0];
  return { rate: context.sampleRate, name: track?.label ?? "", device: track?.getSettings().deviceId ?? null, close };
}

/** Microphones by name; names are empty before the person has allowed one. */
export async function microphones() {
  if (!navigator.mediaDevices?.enumerateDevices) return [];
  return (await navigator.mediaDevices.enumerateDevices()).filter((device) => device.kind === "audioinput" && device.deviceId);
}

/** The newest seconds of a stream of blocks. */
export class Recent {
  constructor(seconds, rate) {
    this.samples = new Float32Array(Math.ceil(seconds * rate));
    this.rate = rate;
    this.total = 0;
  }

  push(block) {
    const size = this.samples.length;
    for (let index = 0; index < block.length; index += 1) this.samples[(this.total + index) % size] = block[index];
    this.total += block.length;
  }

  /** At most the newest `seconds`, in order. */
  last(seconds) {
    const size = this.samples.length;
    const count = Math.min(size, this.total, Math.round(seconds * this.rate));
    const out = new Float32Array(count);
    for (let index = 0; index < count; index += 1) out[index] = this.samples[(this.total - count + index) % size];
    return out;
  }
}
