/** RTCP sender reports: which wall-clock time an RTP time stamp stands for (RFC 3550 6.4.1). */

/** Seconds from 1900 (NTP) to 1970 (Unix). */
const NTP_OFFSET_S = 2_208_988_800
const SR = 200
const SDES = 202
const CNAME = 1

export interface ReportFields {
  readonly ssrc: number
  readonly wallMs: number
  readonly timestamp: number
  readonly packets: number
  readonly octets: number
}

/** A compound packet: sender report and source description. */
export function senderReport(fields: ReportFields, cname: string): Buffer {
  const report = Buffer.alloc(28)
  report[0] = 0x80
  report[1] = SR
  report.writeUInt16BE(6, 2)
  report.writeUInt32BE(fields.ssrc, 4)
  report.writeUInt32BE(Math.floor(fields.wallMs / 1000) + NTP_OFFSET_S, 8)
  report.writeUInt32BE(Math.floor(((fields.wallMs % 1000) / 1000) * 2 ** 32), 12)
  report.writeUInt32BE(fields.timestamp >>> 0, 16)
  report.writeUInt32BE(fields.packets >>> 0, 20)
  report.writeUInt32BE(fields.octets >>> 0, 24)
  return Buffer.concat([report, description(fields.ssrc, cname)])
}

function description(ssrc: number, cname: string): Buffer {
  const name = Buffer.from(cname)
  // Items end with at least one zero and the chunk is padded to 32 bits (6.5).
  const size = Math.ceil((4 + 4 + 2 + name.length + 1) / 4) * 4
  const packet = Buffer.alloc(size)
  packet[0] = 0x81
  packet[1] = SDES
  packet.writeUInt16BE(size / 4 - 1, 2)
  packet.writeUInt32BE(ssrc, 4)
  packet[8] = CNAME
  packet[9] = name.length
  name.copy(packet, 10)
  return packet
}
