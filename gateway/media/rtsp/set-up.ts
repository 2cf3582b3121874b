/** From DESCRIBE to the last SETUP: which tracks there are, and how their packets will come. */
import type { Clock } from '../../core/ports.ts'
import { baseUri, safeUri } from './address.ts'
import type { Opened, RtspConnection } from './connection.ts'
import { RtspFault } from './fault.ts'
import { header, parseSession } from './message.ts'
import type { Requester } from './requester.ts'
import { type AudioTrack, parseSdp, type SessionTracks, trackUrl } from './sdp.ts'
import type { SessionEvents } from './session.ts'
import { InterleavedLine, type TrackLine, type TransportName } from './track-line.ts'
import { type TrackName, TrackReception } from './track-reception.ts'
import { openUdpLine } from './udp-line.ts'

/** RTP clock of video (RFC 6184 §8.1, RFC 7798 §7.1). */
const VIDEO_CLOCK = 90_000

export interface SetUpContext {
  readonly connection: RtspConnection
  readonly opened: Opened
  readonly requester: Requester
  readonly clock: Clock
  readonly events: SessionEvents
  /** In the order in which they are offered. */
  readonly transports: readonly TransportName[]
  readonly audio: boolean
  /** Filled while SETUP goes on: whoever gave it closes the lines, also after a fault. */
  readonly lines: TrackLine[]
}

/** Ready for PLAY. */
export interface SetUpResult {
  readonly tracks: SessionTracks
  readonly transport: TransportName
  /** Address of all tracks together. */
  readonly aggregate: string
  readonly sessionLine: string
  readonly timeoutS: number
}

/** The camera went away when it was asked for its sound: ask it without. */
export class LostOverAudio extends RtspFault {}

interface TrackSetUp {
  readonly transport: TransportName
  readonly id: string
  readonly timeoutS: number
}

/** Throws an RtspFault. */
export async function setUp(context: SetUpContext, uri: string): Promise<SetUpResult> {
  const described = await context.requester.ask('DESCRIBE', uri, ['Accept: application/sdp'])
  const found = parseSdp(described.body, context.audio)
  if (typeof found === 'string') throw new RtspFault('unsupported', found)
  const base = baseUri(uri, header(described, 'content-base'), header(described, 'content-location'))
  const address = (control: string | undefined): string => safeUri(trackUrl(base, control)) ?? base
  const video = await setUpVideo(context, address(found.video.control))
  const sessionLine = `Session: ${video.id}`
  const audio =
    found.audio && (await setUpAudio(context, found.audio, address(found.audio.control), video, sessionLine))
  return {
    tracks: { ...found, audio },
    transport: video.transport,
    aggregate: address(found.control),
    sessionLine,
    timeoutS: video.timeoutS
  }
}

/** The first transport that the camera takes. 461 says "not this one" (RFC 2326 §11.3.14); cameras say it with other numbers too. */
async function setUpVideo(context: SetUpContext, uri: string): Promise<TrackSetUp> {
  let refused: RtspFault | undefined
  for (const transport of context.transports) {
    try {
      return await setUpTrack(context, 'video', transport, uri, [])
    } catch (error) {
      const status = error instanceof RtspFault ? error.hints.status : undefined
      const notThisOne = error instanceof RtspFault && (error.kind === 'refused' || error.kind === 'protocol')
      if (!notThisOne || status === 404) throw error
      refused ??= error
    }
  }
  throw refused ?? new RtspFault('refused', 'no transport is allowed')
}

/** A refused sound is none: it never costs the picture. */
async function setUpAudio(
  context: SetUpContext,
  audio: AudioTrack,
  uri: string,
  { transport }: TrackSetUp,
  sessionLine: string
): Promise<AudioTrack | undefined> {
  try {
    await setUpTrack(context, 'audio', transport, uri, [sessionLine], audio.clockRate)
    return audio
  } catch (error) {
    if (error instanceof RtspFault && error.kind === 'closed') throw new LostOverAudio('closed', 'asked for its sound')
    return undefined
  }
}

async function setUpTrack(
  context: SetUpContext,
  name: TrackName,
  transport: TransportName,
  uri: string,
  lines: readonly string[],
  clockRate = VIDEO_CLOCK
): Promise<TrackSetUp> {
  const line = await openLine(context, name, transport, clockRate)
  try {
    const response = await context.requester.ask('SETUP', uri, [`Transport: ${line.offer}`, ...lines])
    const session = parseSession(header(response, 'session'))
    if (!session || !line.accept(header(response, 'transport')) || isTaken(line, context.lines))
      throw new RtspFault('protocol', 'SETUP was answered without a session or a transport of ours')
    context.lines.push(line)
    return { ...session, transport }
  } catch (error) {
    line.close()
    throw error
  }
}

function openLine(
  { connection, opened, clock, events, lines }: SetUpContext,
  name: TrackName,
  transport: TransportName,
  clockRate: number
): TrackLine | Promise<TrackLine> {
  const goodbye = (): void => {
    if (name === 'video') connection.close(new RtspFault('closed', 'the camera ended the stream (RTCP BYE)'))
  }
  const reception = new TrackReception(name, clockRate, events, clock.now(), goodbye)
  if (transport === 'tcp') return new InterleavedLine(connection, reception, lines.length * 2)
  const { localAddress, remoteAddress } = opened
  const fault = (reason: Parameters<SessionEvents['fault']>[0]): void => events.fault(reason)
  return openUdpLine({ localAddress, cameraAddress: remoteAddress, reception, clock, fault })
}

/** Two tracks on one channel cannot be told apart. */
function isTaken(line: TrackLine, others: readonly TrackLine[]): boolean {
  if (!(line instanceof InterleavedLine)) return false
  return others.some(other => other instanceof InterleavedLine && (other.rtp === line.rtp || other.rtcp === line.rtcp))
}
