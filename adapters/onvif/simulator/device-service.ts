/** The ONVIF device and media service of a simulated camera: operation → answer, pure. */
import { escapeXml, textAt, type XmlElement } from '../../kit/xml.ts'
import { NAMESPACES } from '../frame.ts'
import type { SimulatedCamera, StreamKind } from './camera.ts'

/** Where the camera says it is. */
export interface CameraPlace {
  readonly address: string
  readonly httpPort: number
  readonly rtspPort: number
}

interface Asked {
  readonly camera: SimulatedCamera
  readonly place: CameraPlace
  readonly body: XmlElement
  /** The device's own clock, UTC ms. */
  readonly deviceTimeMs: number
}

/** Thrown by an operation; becomes a SOAP fault. */
export class OperationFault extends Error {
  readonly subcode: string

  constructor(subcode: string, text: string) {
    super(text)
    this.subcode = subcode
  }
}

const STREAMS: readonly StreamKind[] = ['main', 'sub']
const FIRMWARE = '5.10'

export const deviceServiceUrl = (camera: number, place: CameraPlace): string =>
  `http://${place.address}:${place.httpPort}/camera/${camera}/onvif/device_service`
const mediaServiceUrl = (camera: number, place: CameraPlace): string =>
  `http://${place.address}:${place.httpPort}/camera/${camera}/onvif/media_service`

const eventServiceUrl = (camera: number, place: CameraPlace): string =>
  `http://${place.address}:${place.httpPort}/camera/${camera}/onvif/event_service`

/** What a camera tells about itself without a login (ONVIF Core 7.3.2.2). */
export function scopesOf(camera: SimulatedCamera): string[] {
  const words = {
    name: camera.name,
    hardware: camera.model,
    location: `country/china/camera/${camera.number}`,
    Profile: 'Streaming'
  }
  const described = Object.entries(words).map(([key, value]) => `onvif://www.onvif.org/${key}/${encodeScope(value)}`)
  return [
    'onvif://www.onvif.org/type/Network_Video_Transmitter',
    'onvif://www.onvif.org/type/video_encoder',
    ...described
  ]
}

/** A serial of twenty digits, as real ones are: no number type holds it. */
export const serialOf = (camera: SimulatedCamera): string => `202611220000000${String(camera.number).padStart(5, '0')}`

/** Operations that need no login (ONVIF Core 5.12.1, access class PRE_AUTH). */
export const ANONYMOUS: ReadonlySet<string> = new Set([
  'GetSystemDateAndTime',
  'GetServices',
  'GetCapabilities',
  'GetHostname'
])

/** The body of the answer; undefined for an unknown operation. Throws OperationFault. */
export function answerOperation(asked: Asked): string | undefined {
  return OPERATIONS[asked.body.local]?.(asked)
}

const OPERATIONS: Readonly<Record<string, (asked: Asked) => string>> = {
  GetSystemDateAndTime: ({ deviceTimeMs }) => {
    const time = new Date(deviceTimeMs)
    const date =
      `<tt:Time><tt:Hour>${time.getUTCHours()}</tt:Hour><tt:Minute>${time.getUTCMinutes()}</tt:Minute>` +
      `<tt:Second>${time.getUTCSeconds()}</tt:Second></tt:Time><tt:Date><tt:Year>${time.getUTCFullYear()}</tt:Year>` +
      `<tt:Month>${time.getUTCMonth() + 1}</tt:Month><tt:Day>${time.getUTCDate()}</tt:Day></tt:Date>`
    return device(
      'GetSystemDateAndTime',
      '<tds:SystemDateAndTime><tt:DateTimeType>NTP</tt:DateTimeType><tt:DaylightSavings>false</tt:DaylightSavings>' +
        `<tt:TimeZone><tt:TZ>CST-8</tt:TZ></tt:TimeZone><tt:UTCDateTime>${date}</tt:UTCDateTime></tds:SystemDateAndTime>`
    )
  },
  GetServices: ({ camera, place }) => {
    const service = (namespace: string, url: string): string =>
      `<tds:Service><tds:Namespace>${namespace}</tds:Namespace><tds:XAddr>${url}</tds:XAddr>` +
      '<tds:Version><tt:Major>2</tt:Major><tt:Minor>60</tt:Minor></tds:Version></tds:Service>'
    return device(
      'GetServices',
      service(NAMESPACES.device, deviceServiceUrl(camera.number, place)) +
        service(NAMESPACES.media, mediaServiceUrl(camera.number, place)) +
        (camera.events ? service(NAMESPACES.events, eventServiceUrl(camera.number, place)) : '')
    )
  },
  GetCapabilities: ({ camera, place }) =>
    device(
      'GetCapabilities',
      `<tds:Capabilities><tt:Device><tt:XAddr>${deviceServiceUrl(camera.number, place)}</tt:XAddr></tt:Device>` +
        `<tt:Media><tt:XAddr>${mediaServiceUrl(camera.number, place)}</tt:XAddr><tt:StreamingCapabilities>` +
        '<tt:RTPMulticast>false</tt:RTPMulticast><tt:RTP_TCP>true</tt:RTP_TCP><tt:RTP_RTSP_TCP>true</tt:RTP_RTSP_TCP>' +
        '</tt:StreamingCapabilities></tt:Media>' +
        (camera.events
          ? `<tt:Events><tt:XAddr>${eventServiceUrl(camera.number, place)}</tt:XAddr><tt:WSPullPointSupport>true</tt:WSPullPointSupport></tt:Events>`
          : '') +
        '</tds:Capabilities>'
    ),
  GetScopes: ({ camera }) =>
    device(
      'GetScopes',
      scopesOf(camera)
        .map(
          scope =>
            `<tds:Scopes><tt:ScopeDef>Fixed</tt:ScopeDef><tt:ScopeItem>${escapeXml(scope)}</tt:ScopeItem></tds:Scopes>`
        )
        .join('')
    ),
  GetDeviceInformation: ({ camera }) =>
    device(
      'GetDeviceInformation',
      `<tds:Manufacturer>Pingan</tds:Manufacturer><tds:Model>${escapeXml(camera.model)}</tds:Model>` +
        `<tds:FirmwareVersion>${FIRMWARE}</tds:FirmwareVersion><tds:SerialNumber>${serialOf(camera)}</tds:SerialNumber>` +
        '<tds:HardwareId>1</tds:HardwareId>'
    ),
  GetHostname: ({ camera }) =>
    device(
      'GetHostname',
      `<tds:HostnameInformation><tt:FromDHCP>false</tt:FromDHCP><tt:Name>camera-${camera.number}</tt:Name></tds:HostnameInformation>`
    ),
  GetNetworkInterfaces: ({ camera, place }) =>
    device(
      'GetNetworkInterfaces',
      '<tds:NetworkInterfaces token="eth0"><tt:Enabled>true</tt:Enabled><tt:Info><tt:Name>eth0</tt:Name>' +
        `<tt:HwAddress>02:00:00:00:${hex(camera.number >> 8)}:${hex(camera.number & 255)}</tt:HwAddress><tt:MTU>1500</tt:MTU></tt:Info>` +
        '<tt:IPv4><tt:Enabled>true</tt:Enabled><tt:Config><tt:Manual>' +
        `<tt:Address>${place.address}</tt:Address><tt:PrefixLength>8</tt:PrefixLength></tt:Manual><tt:DHCP>false</tt:DHCP>` +
        '</tt:Config></tt:IPv4></tds:NetworkInterfaces>'
    ),
  GetProfiles: ({ camera }) => media('GetProfiles', STREAMS.map(kind => profile('Profiles', camera, kind)).join('')),
  GetProfile: ({ camera, body }) => media('GetProfile', profile('Profile', camera, profileToken(body))),
  GetVideoSources: ({ camera }) => {
    const { width, height, broadcast } = camera.streams.main
    return media(
      'GetVideoSources',
      `<trt:VideoSources token="source"><tt:Framerate>${broadcast.fps}</tt:Framerate>` +
        `<tt:Resolution><tt:Width>${width}</tt:Width><tt:Height>${height}</tt:Height></tt:Resolution></trt:VideoSources>`
    )
  },
  GetStreamUri: ({ camera, place, body }) =>
    media(
      'GetStreamUri',
      mediaUri(
        `${camera.secure ? 'rtsps' : 'rtsp'}://${place.address}:${place.rtspPort}/camera/${camera.number}/${profileToken(body)}`
      )
    ),
  GetSnapshotUri: ({ camera, place, body }) => {
    profileToken(body)
    return media(
      'GetSnapshotUri',
      mediaUri(`http://${place.address}:${place.httpPort}/camera/${camera.number}/snapshot.jpg`)
    )
  }
}

function profileToken(body: XmlElement): StreamKind {
  const token = textAt(body, 'ProfileToken')
  if (token === 'main' || token === 'sub') return token
  throw new OperationFault('NoProfile', 'the requested profile token does not exist')
}

function profile(element: string, camera: SimulatedCamera, kind: StreamKind): string {
  const { width, height, broadcast } = camera.streams[kind]
  const main = camera.streams.main
  // The first media service knows no H.265; cameras that speak no other say it all the same, without the block of H.264.
  const h265 = broadcast.loop.codec === 'h265'
  const gop = `<tt:H264><tt:GovLength>${broadcast.fps * 2}</tt:GovLength><tt:H264Profile>Main</tt:H264Profile></tt:H264>`
  return (
    `<trt:${element} token="${kind}" fixed="true"><tt:Name>${kind}</tt:Name>` +
    '<tt:VideoSourceConfiguration token="source"><tt:Name>source</tt:Name><tt:UseCount>2</tt:UseCount>' +
    `<tt:SourceToken>source</tt:SourceToken><tt:Bounds x="0" y="0" width="${main.width}" height="${main.height}"/>` +
    `</tt:VideoSourceConfiguration><tt:VideoEncoderConfiguration token="${kind}"><tt:Name>${kind}</tt:Name>` +
    `<tt:UseCount>1</tt:UseCount><tt:Encoding>${h265 ? 'H265' : 'H264'}</tt:Encoding>` +
    `<tt:Resolution><tt:Width>${width}</tt:Width><tt:Height>${height}</tt:Height></tt:Resolution><tt:Quality>4</tt:Quality>` +
    `<tt:RateControl><tt:FrameRateLimit>${broadcast.fps}</tt:FrameRateLimit><tt:EncodingInterval>1</tt:EncodingInterval>` +
    '<tt:BitrateLimit>400</tt:BitrateLimit></tt:RateControl>' +
    `${h265 ? '' : gop}` +
    '<tt:Multicast><tt:Address><tt:Type>IPv4</tt:Type><tt:IPv4Address>0.0.0.0</tt:IPv4Address></tt:Address>' +
    '<tt:Port>0</tt:Port><tt:TTL>0</tt:TTL><tt:AutoStart>false</tt:AutoStart></tt:Multicast>' +
    `<tt:SessionTimeout>PT60S</tt:SessionTimeout></tt:VideoEncoderConfiguration></trt:${element}>`
  )
}

function mediaUri(uri: string): string {
  return (
    `<trt:MediaUri><tt:Uri>${uri}</tt:Uri><tt:InvalidAfterConnect>false</tt:InvalidAfterConnect>` +
    '<tt:InvalidAfterReboot>false</tt:InvalidAfterReboot><tt:Timeout>PT0S</tt:Timeout></trt:MediaUri>'
  )
}

const device = (operation: string, content: string): string => response('tds', NAMESPACES.device, operation, content)
const media = (operation: string, content: string): string => response('trt', NAMESPACES.media, operation, content)

function response(prefix: string, namespace: string, operation: string, content: string): string {
  const name = `${prefix}:${operation}Response`
  return `<${name} xmlns:${prefix}="${namespace}" xmlns:tt="${NAMESPACES.schema}">${content}</${name}>`
}

/** Scopes are URIs in a list that spaces separate. */
const encodeScope = (text: string): string => text.split('/').map(encodeURIComponent).join('/')
const hex = (byte: number): string => byte.toString(16).padStart(2, '0')
