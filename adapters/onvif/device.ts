/** Reads one device: clock, services, make, profiles, stream addresses, in the order that real devices need. */
import type { Decoded } from '../../gateway/core/frames.ts'
import { escapeXml, type XmlElement } from '../kit/xml.ts'
import type { CallReason, DeviceClient, LoginScheme } from './client.ts'
import {
  chooseProfiles,
  type DeviceInformation,
  decodeDateAndTime,
  decodeDeviceInformation,
  decodeMediaUri,
  decodeProfiles,
  eventsOf,
  mediaOfCapabilities,
  mediaOfServices,
  type Profile,
  rebase
} from './decode.ts'
import { NAMESPACES } from './frame.ts'

export interface ReadStream {
  /** On the host that answered, without login. */
  readonly url: string
  readonly codec: Profile['codec']
  /** Pixels; 0 when the device does not say. */
  readonly width: number
  readonly height: number
}

/** What a device told; no streams when it has no video (an alarm box that speaks ONVIF). */
export interface DeviceReading {
  readonly information: DeviceInformation
  readonly clockOffsetMs: number
  readonly main?: ReadStream
  readonly sub?: ReadStream
  readonly snapshotUrl?: string
  /** The event service, on the host that answered; absent for a device that sends no events. */
  readonly eventsUrl?: string
  readonly scheme?: LoginScheme
}

const device = (operation: string, content = ''): string =>
  `<tds:${operation} xmlns:tds="${NAMESPACES.device}">${content}</tds:${operation}>`
const media = (operation: string, content = ''): string =>
  `<trt:${operation} xmlns:trt="${NAMESPACES.media}" xmlns:tt="${NAMESPACES.schema}">${content}</trt:${operation}>`

/** The device's clock, asked without login; also the sign of life. */
export async function readClock(
  client: DeviceClient,
  url: string,
  nowMs: () => number
): Promise<Decoded<{ readonly offsetMs: number | undefined }, CallReason>> {
  const askedMs = nowMs()
  const answer = await client.callAnonymous(url, device('GetSystemDateAndTime'))
  if (!answer.ok) return answer
  const deviceMs = decodeDateAndTime(answer.value)
  return { ok: true, value: { offsetMs: deviceMs === undefined ? undefined : deviceMs - (askedMs + nowMs()) / 2 } }
}

/** `url` is the device service on the host that answered; `nowMs` our clock. */
export async function readDevice(
  client: DeviceClient,
  url: string,
  nowMs: () => number
): Promise<Decoded<DeviceReading, CallReason>> {
  // The clock first, each time: a token signed with the wrong time is refused like a wrong password, and clocks fall back on power loss.
  const clock = await readClock(client, url, nowMs)
  if (!clock.ok && isLine(clock.reason)) return clock
  client.clockOffsetMs = clock.ok ? (clock.value.offsetMs ?? 0) : 0
  const information = await client.call(url, device('GetDeviceInformation'))
  if (!information.ok) return information
  const host = new URL(url).hostname
  const services = await findServices(client, url, host)
  if (!services.ok) return services
  const { mediaUrl, eventsUrl } = services.value
  const streams = mediaUrl ? await readStreams(client, mediaUrl, host) : { ok: true as const, value: {} }
  if (!streams.ok) return streams
  const reading = {
    information: decodeDeviceInformation(information.value),
    clockOffsetMs: client.clockOffsetMs,
    scheme: client.provenScheme,
    eventsUrl
  }
  return { ok: true, value: { ...reading, ...streams.value } }
}

interface ServiceUrls {
  readonly mediaUrl?: string
  readonly eventsUrl?: string
}

/** GetServices, else GetCapabilities: each is broken on some devices. */
async function findServices(
  client: DeviceClient,
  url: string,
  host: string
): Promise<Decoded<ServiceUrls, CallReason>> {
  const onHost = (claimed: string | undefined) => claimed && rebase(claimed, host, ['http:', 'https:'])
  const services = await client.call(url, device('GetServices', '<tds:IncludeCapability>false</tds:IncludeCapability>'))
  if (!services.ok && isLine(services.reason)) return services
  const [media, events] = services.ok ? [mediaOfServices(services.value), eventsOf(services.value)] : []
  if (media && events) return { ok: true, value: { mediaUrl: onHost(media), eventsUrl: onHost(events) } }
  const capabilities = await client.call(url, device('GetCapabilities', '<tds:Category>All</tds:Category>'))
  if (!capabilities.ok && !services.ok) return capabilities
  const old = capabilities.ok ? capabilities.value : undefined
  const mediaUrl = onHost(media ?? (old && mediaOfCapabilities(old)))
  return { ok: true, value: { mediaUrl, eventsUrl: onHost(events ?? (old && eventsOf(old))) } }
}

type Streams = Pick<DeviceReading, 'main' | 'sub' | 'snapshotUrl'>

async function readStreams(client: DeviceClient, url: string, host: string): Promise<Decoded<Streams, CallReason>> {
  const answer = await client.call(url, media('GetProfiles'))
  if (!answer.ok) return answer
  const chosen = chooseProfiles(decodeProfiles(answer.value))
  const main = await streamOf(client, url, host, chosen.main)
  if (!main.ok) return main
  // A sub stream or a snapshot that cannot be had is no reason to do without the main stream.
  const sub = await streamOf(client, url, host, chosen.sub)
  const snapshot = chosen.main ? await client.call(url, media('GetSnapshotUri', tokenOf(chosen.main))) : undefined
  const snapshotUrl = snapshot?.ok ? uriOf(snapshot.value, host, ['http:', 'https:']) : undefined
  return { ok: true, value: { main: main.value, sub: sub.ok ? sub.value : undefined, snapshotUrl } }
}

async function streamOf(
  client: DeviceClient,
  url: string,
  host: string,
  profile: Profile | undefined
): Promise<Decoded<ReadStream | undefined, CallReason>> {
  if (!profile) return { ok: true, value: undefined }
  const setup =
    '<trt:StreamSetup><tt:Stream>RTP-Unicast</tt:Stream><tt:Transport><tt:Protocol>RTSP</tt:Protocol></tt:Transport></trt:StreamSetup>'
  const answer = await client.call(url, media('GetStreamUri', setup + tokenOf(profile)))
  if (!answer.ok) return answer
  const uri = uriOf(answer.value, host, ['rtsp:', 'rtsps:'])
  const { codec, width, height } = profile
  return { ok: true, value: uri ? { url: uri, codec, width, height } : undefined }
}

function uriOf(body: XmlElement, host: string, schemes: readonly string[]): string | undefined {
  const claimed = decodeMediaUri(body)
  return claimed ? rebase(claimed, host, schemes) : undefined
}

const tokenOf = (profile: Profile): string => `<trt:ProfileToken>${escapeXml(profile.token)}</trt:ProfileToken>`

/** True when the device did not answer at all, so that asking on is in vain. */
function isLine(reason: CallReason): boolean {
  return reason === 'unreachable' || reason === 'timeout'
}
