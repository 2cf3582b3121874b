/** Finds the video, and the audio where it is wanted, of a session description (RFC 8866, RFC 6184 §8.2, RFC 7798 §7). */
import type { VideoCodec } from '../codec/config.ts'

export interface VideoTrack {
  readonly codec: VideoCodec
  readonly payloadType: number
  /** As written; absolute, relative or absent. */
  readonly control?: string
  /** Parameter sets out of `sprop-…`, so that a picture can start before they come in-band. */
  readonly parameterSets: readonly Buffer[]
}

export interface AudioTrack {
  readonly payloadType: number
  readonly control?: string
  readonly encoding: 'pcma' | 'pcmu' | 'aac'
  /** RTP clock, Hz. */
  readonly clockRate: number
  readonly channels: number
  /** AudioSpecificConfig (ISO/IEC 14496-3) of AAC. */
  readonly config?: Buffer
}

/** What a session sets up. */
export interface SessionTracks {
  readonly video: VideoTrack
  readonly audio?: AudioTrack
  /** The aggregate's own control address, as written at session level. */
  readonly control?: string
}

export type SdpFault = 'noVideo' | 'codecNotSupported' | 'packetizationMode' | 'decodingOrder'

const MAX_LINES = 500

/** `audio` asks for the sound too; none, or one that we cannot read, is no fault. */
export function parseSdp(text: string, audio = false): SessionTracks | SdpFault {
  const lines = text.split(/\r?\n/, MAX_LINES)
  const head: string[] = []
  const sections: string[][] = []
  for (const line of lines) {
    if (line.startsWith('m=')) sections.push([line])
    else (sections.at(-1) ?? head).push(line)
  }
  const videos = sections.filter(section => section[0]?.startsWith('m=video '))
  const found = videos.map(readVideo)
  const video = found.find(track => typeof track === 'object') ?? found[0] ?? 'noVideo'
  if (typeof video === 'string') return video
  const sounds = audio ? sections.filter(section => section[0]?.startsWith('m=audio ')).map(readAudio) : []
  return { video, audio: sounds.find(track => track !== undefined), control: controlOf(head) }
}

function readVideo(section: readonly string[]): VideoTrack | SdpFault {
  const rtpmap = section
    .map(line => /^a=rtpmap:(\d{1,3}) H(264|265)\/90000/i.exec(line))
    .find(match => match && offered(section).includes(Number(match[1])))
  const payloadType = Number(rtpmap?.[1] ?? -1)
  if (!rtpmap || payloadType > 127) return 'codecNotSupported'
  const format = formatOf(section, payloadType)
  const codec = rtpmap[2] === '265' ? 'h265' : 'h264'
  // Mode 2 interleaves NAL units out of order; no camera is known to use it.
  if (codec === 'h264' && /packetization-mode\s*=\s*2/i.test(format)) return 'packetizationMode'
  // The same in H.265, where decoding order numbers go before every NAL unit (RFC 7798 §4.4.2).
  if (codec === 'h265' && /sprop-max-don-diff\s*=\s*0*[1-9]/i.test(format)) return 'decodingOrder'
  const names = codec === 'h264' ? ['parameter-sets'] : ['vps', 'sps', 'pps']
  const parameterSets = names.flatMap(name => spropSets(format, name))
  return { codec, payloadType, control: controlOf(section), parameterSets }
}

function spropSets(format: string, name: string): Buffer[] {
  const sets = new RegExp(`sprop-${name}\\s*=\\s*([^;\\s]{1,8192})`, 'i').exec(format)?.[1] ?? ''
  return sets
    .split(',', 20)
    .map(set => Buffer.from(set, 'base64'))
    .filter(set => set.length > 1)
}

/** Payload types 0 and 8 need no rtpmap (RFC 3551 §6). */
const STATIC_MAPS: readonly string[] = ['a=rtpmap:0 PCMU/8000', 'a=rtpmap:8 PCMA/8000']
const ENCODINGS: Readonly<Record<string, AudioTrack['encoding']>> = {
  pcma: 'pcma',
  pcmu: 'pcmu',
  'mpeg4-generic': 'aac'
}

function readAudio(section: readonly string[]): AudioTrack | undefined {
  for (const line of [...section, ...STATIC_MAPS]) {
    const match = /^a=rtpmap:(\d{1,3}) ([\w-]{1,32})\/(\d{4,6})(?:\/(\d{1,2}))?/i.exec(line)
    const payloadType = Number(match?.[1] ?? -1)
    const encoding = ENCODINGS[match?.[2]?.toLowerCase() ?? '']
    if (!match || !encoding || payloadType > 127 || !offered(section).includes(payloadType)) continue
    const format = formatOf(section, payloadType)
    const config = /\bconfig\s*=\s*([\da-f]{4,64})/i.exec(format)?.[1]
    if (encoding === 'aac' && (config === undefined || !isHighRate(format))) continue
    return {
      payloadType,
      control: controlOf(section),
      encoding,
      clockRate: Number(match[3]),
      channels: Math.max(1, Number(match[4] ?? 1)),
      config: config === undefined ? undefined : Buffer.from(config, 'hex')
    }
  }
  return undefined
}

/** AAC-hbr (RFC 3640 §3.3.6), the only mode that cameras use: 13 bits of size and 3 of index before every access unit. */
function isHighRate(format: string): boolean {
  const value = (name: string): string | undefined =>
    new RegExp(`[;\\s]${name}\\s*=\\s*([\\w-]{1,16})`, 'i').exec(format)?.[1]?.toLowerCase()
  const lengths = [value('sizelength'), value('indexlength'), value('indexdeltalength')]
  return value('mode') === 'aac-hbr' && lengths.join() === '13,3,3'
}

function offered(section: readonly string[]): number[] {
  return (section[0] ?? '').split(' ').slice(3).map(Number)
}

function formatOf(section: readonly string[], payloadType: number): string {
  return section.find(line => line.toLowerCase().startsWith(`a=fmtp:${payloadType} `)) ?? ''
}

function controlOf(section: readonly string[]): string | undefined {
  return section.map(line => /^a=control:\s*(\S{1,1024})\s*$/i.exec(line)?.[1]).find(value => value !== undefined)
}

/** The track's own URL (RFC 2326 C.1.1); `base` is Content-Base, Content-Location or the URL that was described. */
export function trackUrl(base: string, control: string | undefined): string {
  if (control === undefined || control === '*') return base
  if (/^rtsps?:\/\//i.test(control)) return control
  // Cameras mean "append": RFC 3986 resolution would cut the last path segment or a query that belongs to the stream.
  return base.endsWith('/') ? `${base}${control.replace(/^\//, '')}` : `${base}/${control.replace(/^\//, '')}`
}
