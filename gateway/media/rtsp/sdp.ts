/** Finds the H.264 video of a session description (RFC 8866, RFC 6184 §8.2). */

/** The one track that we set up. */
export interface VideoTrack {
  readonly payloadType: number
  /** As written; absolute, relative or absent. */
  readonly control?: string
  /** Parameter sets out of `sprop-parameter-sets`, so that a picture can start before they come in-band. */
  readonly parameterSets: readonly Buffer[]
}

export type SdpFault = 'noVideo' | 'codecNotSupported' | 'packetizationMode'

const MAX_LINES = 500

export function parseSdp(text: string): VideoTrack | SdpFault {
  const lines = text.split(/\r?\n/, MAX_LINES)
  const sections: string[][] = []
  for (const line of lines) {
    if (line.startsWith('m=')) sections.push([line])
    else sections.at(-1)?.push(line)
  }
  const videos = sections.filter(section => section[0]?.startsWith('m=video '))
  if (videos.length === 0) return 'noVideo'
  const found = videos.map(readVideo)
  return found.find(track => typeof track === 'object') ?? found[0] ?? 'noVideo'
}

function readVideo(section: readonly string[]): VideoTrack | SdpFault {
  const offered = (section[0] ?? '').split(' ').slice(3).map(Number)
  const rtpmap = section
    .map(line => /^a=rtpmap:(\d{1,3}) H264\/90000/i.exec(line))
    .find(match => match && offered.includes(Number(match[1])))
  const payloadType = Number(rtpmap?.[1] ?? -1)
  if (!rtpmap || payloadType > 127) return 'codecNotSupported'
  const format = section.find(line => line.toLowerCase().startsWith(`a=fmtp:${payloadType} `)) ?? ''
  // Mode 2 interleaves NAL units out of order; no camera is known to use it.
  if (/packetization-mode\s*=\s*2/i.test(format)) return 'packetizationMode'
  const control = section
    .map(line => /^a=control:\s*(\S{1,1024})\s*$/i.exec(line)?.[1])
    .find(value => value !== undefined)
  const sets = /sprop-parameter-sets\s*=\s*([^;\s]{1,8192})/i.exec(format)?.[1] ?? ''
  return {
    payloadType,
    ...(control === undefined ? {} : { control }),
    parameterSets: sets
      .split(',', 20)
      .map(set => Buffer.from(set, 'base64'))
      .filter(set => set.length > 1)
  }
}

/** The track's own URL (RFC 2326 C.1.1); `base` is Content-Base, Content-Location or the URL that was described. */
export function trackUrl(base: string, control: string | undefined): string {
  if (control === undefined || control === '*') return base
  if (/^rtsps?:\/\//i.test(control)) return control
  // Cameras mean "append": RFC 3986 resolution would cut the last path segment or a query that belongs to the stream.
  return base.endsWith('/') ? `${base}${control.replace(/^\//, '')}` : `${base}/${control.replace(/^\//, '')}`
}
