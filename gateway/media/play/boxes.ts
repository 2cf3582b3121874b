/** Reads recorded fMP4 back (ISO/IEC 14496-12): the samples of one fragment. A torn or foreign box is a value. */
import type { AudioRun } from '../fmp4/audio-run.ts'
import type { Sample } from '../fmp4/fragment.ts'

export interface Box {
  readonly type: string
  /** Of its contents. */
  readonly start: number
  readonly end: number
  /** Of its header. */
  readonly at: number
}

/** What a fragment holds of the picture track. */
export interface VideoFragment {
  /** UTC ms of the first sample, from the `prft` box; undefined where the file has none. */
  readonly wallMs: number | undefined
  /** Decode time of the first sample on the file's own time line. */
  readonly baseTicks: number
  readonly samples: readonly Sample[]
}

const MAX_SAMPLES = 20_000
const NON_SYNC = 0x0001_0000

/** Children of `bytes[from … to)`; ends at the first box that does not fit. */
export function* boxes(bytes: Buffer, from = 0, to = bytes.length): Generator<Box> {
  for (let at = from; at + 8 <= to; ) {
    const size = bytes.readUInt32BE(at)
    if (size < 8 || at + size > to) return
    yield { type: bytes.toString('latin1', at + 4, at + 8), at, start: at + 8, end: at + size }
    at += size
  }
}

export function find(bytes: Buffer, type: string, within?: Pick<Box, 'start' | 'end'>): Box | undefined {
  for (const box of boxes(bytes, within?.start, within?.end)) if (box.type === type) return box
  return undefined
}

function down(bytes: Buffer, within: Box, ...path: readonly string[]): Box | undefined {
  let box: Box | undefined = within
  for (const type of path) box = box && find(bytes, type, box)
  return box
}

export function handlerOf(init: Buffer, trak: Box): string {
  const hdlr = down(init, trak, 'mdia', 'hdlr')
  return hdlr && hdlr.end - hdlr.start >= 12 ? init.toString('latin1', hdlr.start + 8, hdlr.start + 12) : ''
}

export function trackIdOf(init: Buffer, trak: Box): number | undefined {
  const tkhd = down(init, trak, 'tkhd')
  if (!tkhd) return undefined
  const at = tkhd.start + (init[tkhd.start] === 1 ? 20 : 12)
  return at + 4 <= tkhd.end ? init.readUInt32BE(at) : undefined
}

/** The picture track's samples of `[prft] moof mdat`; undefined for what is torn or no such thing. Data are views into `bytes`. */
export function readVideoFragment(bytes: Buffer, trackId: number): VideoFragment | undefined {
  try {
    return parse(bytes, trackId)
  } catch {
    // A length inside a box that points outside of it: a torn file.
    return undefined
  }
}

/** The frames of sound of a fragment of ours; undefined where there are none. */
export function readAudioRun(bytes: Buffer, trackId: number): AudioRun | undefined {
  const found = readVideoFragment(bytes, trackId)
  const blockTicks = found?.samples[0]?.duration
  if (!found || blockTicks === undefined) return undefined
  return { baseTicks: found.baseTicks, blockTicks, frames: found.samples.map(({ data }) => data) }
}

function parse(bytes: Buffer, trackId: number): VideoFragment | undefined {
  const moof = find(bytes, 'moof')
  if (!moof) return undefined
  for (const traf of boxes(bytes, moof.start, moof.end)) {
    if (traf.type !== 'traf') continue
    const [tfhd, tfdt] = [down(bytes, traf, 'tfhd'), down(bytes, traf, 'tfdt')]
    if (!tfhd || !tfdt || bytes.readUInt32BE(tfhd.start + 4) !== trackId) continue
    const runs = [...boxes(bytes, traf.start, traf.end)].filter(box => box.type === 'trun')
    const defaults = defaultsOf(bytes, tfhd)
    const samples = runs.flatMap(run => runSamples(bytes, run, moof.at, defaults))
    const baseTicks =
      bytes[tfdt.start] === 1 ? Number(bytes.readBigUInt64BE(tfdt.start + 4)) : bytes.readUInt32BE(tfdt.start + 4)
    return samples.length > 0 ? { wallMs: wallOf(bytes), baseTicks, samples } : undefined
  }
  return undefined
}

function wallOf(bytes: Buffer): number | undefined {
  const prft = find(bytes, 'prft')
  if (!prft || prft.end - prft.start < 16) return undefined
  const seconds = bytes.readUInt32BE(prft.start + 8) - 2_208_988_800
  // Era 1 of NTP begins in 2036.
  const unixS = seconds < 0 ? seconds + 2 ** 32 : seconds
  return unixS * 1000 + (bytes.readUInt32BE(prft.start + 12) * 1000) / 2 ** 32
}

interface Defaults {
  readonly duration: number
  readonly size: number
  readonly flags: number
}

function defaultsOf(bytes: Buffer, tfhd: Box): Defaults {
  const flags = bytes.readUInt32BE(tfhd.start) & 0xff_ffff
  let at = tfhd.start + 8 + (flags & 1 ? 8 : 0) + (flags & 2 ? 4 : 0)
  const next = (present: number): number => {
    if (!(flags & present)) return 0
    at += 4
    return bytes.readUInt32BE(at - 4)
  }
  return { duration: next(8), size: next(0x10), flags: next(0x20) }
}

function runSamples(bytes: Buffer, run: Box, moofAt: number, defaults: Defaults): Sample[] {
  const flags = bytes.readUInt32BE(run.start) & 0xff_ffff
  const count = bytes.readUInt32BE(run.start + 4)
  if (count > MAX_SAMPLES || !(flags & 1)) throw new RangeError('no run of ours')
  let data = moofAt + bytes.readInt32BE(run.start + 8)
  let at = run.start + 12
  const word = (present: number, otherwise: number): number => {
    if (!(flags & present)) return otherwise
    at += 4
    if (at > run.end) throw new RangeError('run is cut off')
    return bytes.readUInt32BE(at - 4)
  }
  const firstFlags = word(4, defaults.flags)
  const samples: Sample[] = []
  for (let i = 0; i < count; i++) {
    const duration = word(0x100, defaults.duration)
    const size = word(0x200, defaults.size)
    const sampleFlags = word(0x400, i === 0 ? firstFlags : defaults.flags)
    const cts = word(0x800, 0) | 0
    if (data + size > bytes.length) throw new RangeError('data is cut off')
    samples.push({ data: bytes.subarray(data, data + size), duration, cts, key: (sampleFlags & NON_SYNC) === 0 })
    data += size
  }
  return samples
}
