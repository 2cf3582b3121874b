/** Access units of the ring as RTP payloads (RFC 6184, packetization mode 1), made once for all viewers of a source. */

/** With RTP header, SRTP tag, UDP and IPv6 below the 1,280 bytes that every line carries. */
const MAX_PAYLOAD = 1_180
const FU_A = 28
const STAP_A = 24
const FU_START = 0x80
const FU_END = 0x40

/** One access unit, ready to be sent; its bytes belong to whoever holds it. */
export interface RtpFrame {
  readonly key: boolean
  /** Presentation time, 90 kHz; only differences count. */
  readonly ticks: number
  /** UTC ms of the picture. */
  readonly wallMs: number
  /** The payloads one behind the other. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** Where each payload ends. */
  readonly ends: readonly number[]
}

/** `unit` and `sets` are length-prefixed NAL units; the sets go in front, as one STAP-A (§5.7.1) where they fit. */
export function payloadsOf(
  unit: Uint8Array,
  sets: Uint8Array | undefined
): { readonly bytes: Uint8Array<ArrayBuffer>; readonly ends: readonly number[] } {
  const nals = [...nalsOf(unit)]
  const setNals = sets ? [...nalsOf(sets)] : []
  const pieces = Math.ceil((unit.length + (sets?.length ?? 0)) / (MAX_PAYLOAD - 2)) + nals.length + setNals.length
  const out = { bytes: new Uint8Array(unit.length + (sets?.length ?? 0) + 2 * pieces + 1), at: 0, ends: [] as number[] }
  if (sets && setNals.length > 0 && 1 + sets.length - 2 * setNals.length <= MAX_PAYLOAD) aggregate(out, setNals)
  else for (const nal of setNals) single(out, nal)
  for (const nal of nals) single(out, nal)
  return { bytes: out.bytes.subarray(0, out.at), ends: out.ends }
}

interface Out {
  readonly bytes: Uint8Array<ArrayBuffer>
  at: number
  readonly ends: number[]
}

function* nalsOf(unit: Uint8Array): Generator<Uint8Array> {
  const view = new DataView(unit.buffer, unit.byteOffset, unit.byteLength)
  for (let at = 0; at + 4 < unit.length; ) {
    const end = at + 4 + view.getUint32(at)
    if (end > unit.length) return
    yield unit.subarray(at + 4, end)
    at = end
  }
}

function aggregate(out: Out, nals: readonly Uint8Array[]): void {
  // The highest importance of those inside (§5.7).
  out.bytes[out.at++] = Math.max(...nals.map(nal => (nal[0] ?? 0) & 0x60)) | STAP_A
  for (const nal of nals) {
    out.bytes[out.at++] = nal.length >> 8
    out.bytes[out.at++] = nal.length & 255
    out.bytes.set(nal, out.at)
    out.at += nal.length
  }
  out.ends.push(out.at)
}

/** As it is, or in pieces of equal length (FU-A, §5.8). */
function single(out: Out, nal: Uint8Array): void {
  if (nal.length <= MAX_PAYLOAD) {
    out.bytes.set(nal, out.at)
    out.at += nal.length
    out.ends.push(out.at)
    return
  }
  const header = nal[0] ?? 0
  const body = nal.length - 1
  const count = Math.ceil(body / (MAX_PAYLOAD - 2))
  for (let n = 0; n < count; n++) {
    const from = 1 + Math.floor((body * n) / count)
    const to = 1 + Math.floor((body * (n + 1)) / count)
    out.bytes[out.at++] = (header & 0xe0) | FU_A
    out.bytes[out.at++] = (n === 0 ? FU_START : 0) | (n === count - 1 ? FU_END : 0) | (header & 31)
    out.bytes.set(nal.subarray(from, to), out.at)
    out.at += to - from
    out.ends.push(out.at)
  }
}
