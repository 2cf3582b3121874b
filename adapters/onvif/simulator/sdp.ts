/** What DESCRIBE answers (RFC 4566, RFC 6184 8.2). */

import { type Broadcast, RTP_CLOCK_HZ } from './broadcast.ts'
import type { Loop } from './loop.ts'
import { PAYLOAD_TYPE } from './packets.ts'
import { PCMA, SOUND_HZ } from './sound.ts'

/** Control addresses are relative to Content-Base: track 0 the picture, track 1 the sound. */
export function describe(name: string, stream: Broadcast): string {
  return [
    'v=0',
    'o=- 1 1 IN IP4 0.0.0.0',
    `s=${name}`,
    'c=IN IP4 0.0.0.0',
    't=0 0',
    'a=control:*',
    'a=range:npt=now-',
    `m=video 0 RTP/AVP ${PAYLOAD_TYPE}`,
    ...format(stream.loop),
    `a=framerate:${stream.fps}`,
    'a=control:trackID=0',
    ...(stream.sound ? [`m=audio 0 RTP/AVP ${PCMA}`, `a=rtpmap:${PCMA} PCMA/${SOUND_HZ}`, 'a=control:trackID=1'] : []),
    ''
  ].join('\r\n')
}

/** RFC 6184 8.1 and RFC 7798 7.1. */
function format({ codec, vps, sps, pps, profileLevelId }: Loop): readonly string[] {
  const text = (nal: Buffer | undefined): string => nal?.toString('base64') ?? ''
  if (codec === 'h265') {
    return [
      `a=rtpmap:${PAYLOAD_TYPE} H265/${RTP_CLOCK_HZ}`,
      `a=fmtp:${PAYLOAD_TYPE} sprop-vps=${text(vps)};sprop-sps=${text(sps)};sprop-pps=${text(pps)}`
    ]
  }
  const sprop = `${text(sps)},${text(pps)}`
  return [
    `a=rtpmap:${PAYLOAD_TYPE} H264/${RTP_CLOCK_HZ}`,
    `a=fmtp:${PAYLOAD_TYPE} packetization-mode=1;profile-level-id=${profileLevelId};sprop-parameter-sets=${sprop}`
  ]
}
