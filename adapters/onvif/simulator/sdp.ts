/** What DESCRIBE answers (RFC 4566, RFC 6184 8.2). */
import { type Broadcast, RTP_CLOCK_HZ } from './broadcast.ts'
import { PAYLOAD_TYPE } from './packets.ts'

/** The control address of the only track is relative to Content-Base. */
export function describe(name: string, stream: Broadcast): string {
  const { sps, pps, profileLevelId } = stream.loop
  const sprop = [sps, pps].map(nal => nal.toString('base64')).join(',')
  return [
    'v=0',
    'o=- 1 1 IN IP4 0.0.0.0',
    `s=${name}`,
    'c=IN IP4 0.0.0.0',
    't=0 0',
    'a=control:*',
    'a=range:npt=now-',
    `m=video 0 RTP/AVP ${PAYLOAD_TYPE}`,
    `a=rtpmap:${PAYLOAD_TYPE} H264/${RTP_CLOCK_HZ}`,
    `a=fmtp:${PAYLOAD_TYPE} packetization-mode=1;profile-level-id=${profileLevelId};sprop-parameter-sets=${sprop}`,
    `a=framerate:${stream.fps}`,
    'a=control:trackID=0',
    ''
  ].join('\r\n')
}
