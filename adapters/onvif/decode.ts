/** ONVIF answers → what the gateway wants to know; pure, tolerant of what real devices send, bounded. */
import { oneLine } from '../../gateway/core/plain-text.ts'
import { childrenOf, descend, textAt, type XmlElement } from '../kit/xml.ts'
import { NAMESPACES } from './frame.ts'

export interface DeviceInformation {
  readonly maker?: string
  readonly model?: string
  /** Text: `5.10` is not 5.1. */
  readonly firmware?: string
  /** Text: serials of 20 digits exist. */
  readonly serial?: string
}

/** A media profile with video. */
export interface Profile {
  readonly token: string
  readonly codec: 'h264' | 'mjpeg' | 'mpeg4' | 'h265' | 'other'
  readonly width: number
  readonly height: number
}

export interface ChosenProfiles {
  readonly main?: Profile
  readonly sub?: Profile
}

const MAX_TEXT = 128
const MAX_URI = 1024
const MAX_PROFILES = 256

/**
 * The device's clock in UTC ms. Values out of range carry over (minute 61 was seen); local time is taken when UTC is missing: what counts
 * is the offset to our clock. Undefined when there is no date.
 */
export function decodeDateAndTime(body: XmlElement): number | undefined {
  const system = descend(body, 'SystemDateAndTime')
  const time = descend(system, 'UTCDateTime') ?? descend(system, 'LocalDateTime')
  const [year, month, day] = ['Year', 'Month', 'Day'].map(field => Number(textAt(time, 'Date', field) ?? Number.NaN))
  const [hour, minute, second] = ['Hour', 'Minute', 'Second'].map(field =>
    Number(textAt(time, 'Time', field) ?? Number.NaN)
  )
  const ms = Date.UTC(year ?? Number.NaN, (month ?? Number.NaN) - 1, day, hour, minute, second)
  return Number.isFinite(ms) ? ms : undefined
}

/** The claimed address of the media service (version 1) of GetServices; undefined for a device without video. */
export function mediaOfServices(body: XmlElement): string | undefined {
  const media = childrenOf(body, 'Service').find(service => textAt(service, 'Namespace') === NAMESPACES.media)
  return bounded(textAt(media, 'XAddr'), MAX_URI)
}

/** The same of GetCapabilities, the older question. */
export function mediaOfCapabilities(body: XmlElement): string | undefined {
  return bounded(textAt(body, 'Capabilities', 'Media', 'XAddr'), MAX_URI)
}

/** The claimed address of the event service; undefined for a device that sends none. */
export function eventsOf(body: XmlElement): string | undefined {
  const service = childrenOf(body, 'Service').find(each => textAt(each, 'Namespace') === NAMESPACES.events)
  return bounded(textAt(service, 'XAddr') ?? textAt(body, 'Capabilities', 'Events', 'XAddr'), MAX_URI)
}

export function decodeDeviceInformation(body: XmlElement): DeviceInformation {
  const field = (name: string): string | undefined => bounded(textAt(body, name), MAX_TEXT)
  return {
    maker: field('Manufacturer'),
    model: field('Model'),
    firmware: field('FirmwareVersion'),
    serial: field('SerialNumber')
  }
}

/** Profiles with a video encoder and a token; elements are found by local name, as some devices put them in the wrong namespace. */
export function decodeProfiles(body: XmlElement): Profile[] {
  return childrenOf(body, 'Profiles')
    .slice(0, MAX_PROFILES)
    .flatMap(element => {
      const encoder = descend(element, 'VideoEncoderConfiguration')
      const token = element.attributes.get('token')
      if (!encoder || !token || token.length > MAX_TEXT) return []
      const size = descend(encoder, 'Resolution')
      return [
        {
          token,
          codec: codecOf(textAt(encoder, 'Encoding')),
          width: pixels(size, 'Width'),
          height: pixels(size, 'Height')
        }
      ]
    })
}

/**
 * The largest picture that we can record is the main stream, of two as large the H.264 one. The smallest H.264 picture is the sub stream, since
 * every browser plays it; where there is no H.264 at all, the smallest H.265 one. Of what we cannot read the largest, alone.
 */
export function chooseProfiles(profiles: readonly Profile[]): ChosenProfiles {
  const bySize = [...profiles].sort((a, b) => sizeOf(b) - sizeOf(a))
  const h264 = bySize.filter(profile => profile.codec === 'h264')
  const h265 = bySize.filter(profile => profile.codec === 'h265')
  const [plain, dense] = [h264[0], h265[0]]
  const main = plain && !(dense && sizeOf(dense) > sizeOf(plain)) ? plain : (dense ?? bySize[0])
  const sub = h264.at(-1) ?? h265.at(-1)
  return { main, sub: sub === main ? undefined : sub }
}

const sizeOf = ({ width, height }: Profile): number => width * height

/** The address of GetStreamUri or GetSnapshotUri as claimed. */
export function decodeMediaUri(body: XmlElement): string | undefined {
  return bounded(textAt(body, 'MediaUri', 'Uri'), MAX_URI)
}

/**
 * The claimed address on the host that answered: behind NAT devices tell their inner address. User name and password are taken out.
 * Undefined when it is no URL of one of the schemes (`http:` …).
 */
export function rebase(claimed: string, host: string, schemes: readonly string[]): string | undefined {
  if (!URL.canParse(claimed)) return undefined
  const url = new URL(claimed)
  if (!schemes.includes(url.protocol) || url.hostname === '') return undefined
  const port = url.port ? `:${url.port}` : ''
  return `${url.protocol}//${host}${port}${url.pathname}${url.search}`
}

function codecOf(encoding: string | undefined): Profile['codec'] {
  switch (encoding?.toUpperCase()) {
    case 'H264':
      return 'h264'
    case 'H265':
      return 'h265'
    case 'JPEG':
      return 'mjpeg'
    case 'MPEG4':
      return 'mpeg4'
    default:
      return 'other'
  }
}

function pixels(size: XmlElement | undefined, side: 'Width' | 'Height'): number {
  const value = Number(textAt(size, side))
  return Number.isInteger(value) && value > 0 && value <= 65_535 ? value : 0
}

function bounded(text: string | undefined, limit: number): string | undefined {
  return text !== undefined && text.length <= limit ? oneLine(text) : undefined
}
