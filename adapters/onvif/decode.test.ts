/** Frames, discovery messages, answers and ranges: recorded ones, then everything that a hostile network may send. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readXml, type XmlElement } from '../kit/xml.ts'
import {
  chooseProfiles,
  decodeDateAndTime,
  decodeDeviceInformation,
  decodeMediaUri,
  decodeProfiles,
  mediaOfCapabilities,
  mediaOfServices,
  rebase
} from './decode.ts'
import { byeMessage, helloMessage, matchesMessage, probeMessage, readDiscovery } from './discovery-frame.ts'
import { passwordDigest, readSoap, readUsernameToken, securityHeader, soapEnvelope, usernameToken } from './frame.ts'
import { addressesOf, contains, ownPrivateRanges, parseRange } from './ranges.ts'
import { serviceUrls } from './reach.ts'
import { recording } from './testing.ts'

function bodyOf(name: string): XmlElement {
  const message = readSoap(recording(name).body)
  if (!message.ok || !message.value.body) throw new Error(`${name} is no SOAP message`)
  return message.value.body
}

function element(xml: string): XmlElement {
  const result = readXml(xml)
  if (!result.ok) throw new Error(result.reason)
  return result.value
}

describe('recorded answers', () => {
  it('server-a: everything in the service’s own namespace', () => {
    expect(decodeDeviceInformation(bodyOf('server-a/device.GetDeviceInformation.txt'))).toEqual({
      maker: 'RPOS',
      model: 'TestCard',
      firmware: '2.1.0',
      serial: '000000000'
    })
    expect(decodeDateAndTime(bodyOf('server-a/device.GetSystemDateAndTime.txt'))).toBe(
      Date.UTC(2026, 10, 22, 6, 38, 46)
    )
    expect(mediaOfServices(bodyOf('server-a/device.GetServices.txt'))).toBe(
      'http://10.77.0.14:8081/onvif/media_service'
    )
    const profiles = decodeProfiles(bodyOf('server-a/media.GetProfiles.txt'))
    expect(profiles).toEqual([{ token: 'profile_token', codec: 'h264', width: 1280, height: 720 }])
    expect(chooseProfiles(profiles)).toEqual({ main: profiles[0], sub: undefined })
    expect(decodeMediaUri(bodyOf('server-a/media.GetStreamUri.txt'))).toBe('rtsp://10.77.0.14:8554/h264')
    expect(decodeMediaUri(bodyOf('server-a/media.GetSnapshotUri.txt'))).toBe('http://10.77.0.14:8081/web/snapshot.jpg')
  })

  it('server-b: one address for all services', () => {
    expect(decodeDeviceInformation(bodyOf('server-b/device.GetDeviceInformation.txt'))).toMatchObject({
      maker: 'Koynov',
      model: 'SRVD'
    })
    expect(decodeDateAndTime(bodyOf('server-b/device.GetSystemDateAndTime.txt'))).toBe(
      Date.UTC(2026, 10, 22, 6, 38, 43)
    )
    expect(mediaOfServices(bodyOf('server-b/device.GetServices.txt'))).toBe('http://10.77.0.12:1000')
    expect(mediaOfCapabilities(bodyOf('server-b/device.GetCapabilities.txt'))).toBe('http://10.77.0.12:1000')
    expect(decodeProfiles(bodyOf('server-b/media.GetProfiles.txt'))).toEqual([
      { token: 'RTSP', codec: 'h264', width: 800, height: 600 }
    ])
    expect(decodeMediaUri(bodyOf('server-b/media.GetStreamUri.txt'))).toBe('rtsp://10.77.0.12:554/unicast')
  })

  it('reads faults: wrong password, nested subcodes, a crash of the device', () => {
    const faultOf = (name: string) => {
      const message = readSoap(recording(name).body)
      return message.ok ? message.value.fault : undefined
    }
    expect(faultOf('server-a/device.GetDeviceInformation.wrongpw.txt')?.codes).toEqual(['Sender', 'NotAuthorized'])
    expect(faultOf('axis-hikvision/hikvision.GotoPreset.Error.xml')).toEqual({
      codes: ['Sender', 'InvalidArgVal', 'NoToken'],
      text: 'The requested preset token does not exist'
    })
    expect(faultOf('server-a/device.GetCapabilities.txt')?.codes).toEqual(['Server', 'InternalServerError'])
    const soap11 =
      '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body><e:Fault><faultcode>e:Client</faultcode><faultstring>no</faultstring></e:Fault></e:Body></e:Envelope>'
    const message = readSoap(soap11)
    expect(message.ok && message.value.fault).toEqual({ codes: ['Client'], text: 'no' })
  })

  it('computes the password digest of the published example', () => {
    // The example of WS-Security by ONVIF's Application Programmer's Guide 6.1.1.3: user user, password userpassword.
    const nonce = Buffer.from('LKqI6G/AikKCQrN0zqZFlg==', 'base64')
    expect(passwordDigest(nonce, '2010-09-16T07:50:45Z', 'userpassword')).toBe('tuOSpGlFlIXsozq4HFNeeGeFLEI=')
  })
})

describe('what real devices send', () => {
  it('keeps serials and firmware as text', () => {
    const body = element(
      '<r><SerialNumber>20241234567890123456</SerialNumber><FirmwareVersion>5.10</FirmwareVersion></r>'
    )
    expect(decodeDeviceInformation(body)).toMatchObject({ serial: '20241234567890123456', firmware: '5.10' })
  })

  it('carries minute 61 over, takes local time when there is no UTC, and gives up without a date', () => {
    const time = (name: string, minute: string) =>
      element(
        `<r><SystemDateAndTime><${name}><Time><Hour>12</Hour><Minute>${minute}</Minute><Second>1</Second></Time><Date><Year>2026</Year><Month>1</Month><Day>2</Day></Date></${name}></SystemDateAndTime></r>`
      )
    expect(decodeDateAndTime(time('UTCDateTime', '61'))).toBe(Date.UTC(2026, 0, 2, 13, 1, 1))
    expect(decodeDateAndTime(time('LocalDateTime', '5'))).toBe(Date.UTC(2026, 0, 2, 12, 5, 1))
    expect(decodeDateAndTime(time('UTCDateTime', 'x'))).toBeUndefined()
    expect(decodeDateAndTime(element('<r/>'))).toBeUndefined()
  })

  it('chooses the largest and the smallest H.264 picture', () => {
    const profile = (token: string, codec: 'h264' | 'h265' | 'mjpeg', width: number) => ({
      token,
      codec,
      width,
      height: 100
    })
    const all = [
      profile('a', 'mjpeg', 9000),
      profile('b', 'h264', 640),
      profile('c', 'h264', 1920),
      profile('d', 'h264', 320)
    ]
    expect(chooseProfiles(all)).toMatchObject({ main: { token: 'c' }, sub: { token: 'd' } })
    const chosen = (...of: readonly ReturnType<typeof profile>[]) => {
      const { main, sub } = chooseProfiles(of)
      return [main?.token, sub?.token]
    }
    expect(chosen(profile('a', 'h265', 1), profile('b', 'h265', 2))).toEqual(['b', 'a'])
    expect(chosen(profile('a', 'h265', 2560), profile('b', 'h264', 640))).toEqual(['a', 'b'])
    expect(chosen(profile('a', 'h265', 1920), profile('b', 'h264', 1920), profile('c', 'h265', 640))).toEqual([
      'b',
      undefined
    ])
    expect(chosen(profile('a', 'h264', 1920), profile('b', 'h265', 320))).toEqual(['a', undefined])
    expect(chosen(profile('a', 'mjpeg', 1), profile('b', 'mjpeg', 2))).toEqual(['b', undefined])
    expect(chooseProfiles([])).toEqual({})
  })

  it('puts claimed addresses on the host that answered, without login', () => {
    expect(rebase('rtsp://admin:12345@192.168.1.64:554/a/b?c=1', '10.0.0.9', ['rtsp:'])).toBe(
      'rtsp://10.0.0.9:554/a/b?c=1'
    )
    expect(rebase('http://192.168.1.64/onvif', '10.0.0.9', ['http:'])).toBe('http://10.0.0.9/onvif')
    expect(rebase('file:///etc/passwd', '10.0.0.9', ['http:', 'https:'])).toBeUndefined()
    expect(rebase('no url', '10.0.0.9', ['http:'])).toBeUndefined()
  })
})

describe('addresses', () => {
  const reach = {
    allows: (address: string) =>
      contains(
        [parseRange('10.0.0.0/24')].filter(r => r !== undefined),
        address
      )
  }

  it('leads only where it is allowed', () => {
    expect(serviceUrls(['http://192.168.1.64:81/x'], '10.0.0.9', reach)).toEqual(['http://10.0.0.9:81/x'])
    expect(serviceUrls(['http://169.254.1.1/x', 'http://10.0.0.9/x', 'http://10.0.0.7/x'], '10.0.0.9', reach)).toEqual([
      'http://10.0.0.9/x',
      'http://10.0.0.7/x'
    ])
    expect(serviceUrls(['http://10.0.0.7/x'], '8.8.8.8', reach)).toEqual(['http://10.0.0.7/x'])
    expect(serviceUrls(['http://8.8.8.8/x', 'gopher://10.0.0.7/', 'nonsense'], '8.8.8.8', reach)).toEqual([])
  })

  it('reads ranges and nothing that only looks like one', () => {
    expect([...addressesOf(parseRange('10.1.2.7/30') ?? { first: 0, count: 0 })]).toEqual(['10.1.2.5', '10.1.2.6'])
    expect([...addressesOf(parseRange('10.1.2.7') ?? { first: 0, count: 0 })]).toEqual(['10.1.2.7'])
    for (const text of ['10.1.2', '10.1.2.256', '10.01.2.3', '10.1.2.3/33', '10.1.2.3/', '::1', '0x7f.1.1.1']) {
      expect(parseRange(text)).toBeUndefined()
    }
  })

  it('allows by default only private networks that own cards stand in', () => {
    const ranges = ownPrivateRanges([
      { address: '192.168.7.5', netmask: '255.255.255.0', internal: false },
      { address: '203.0.113.9', netmask: '255.255.255.0', internal: false },
      { address: '127.0.0.1', netmask: '255.0.0.0', internal: true }
    ])
    expect(['192.168.7.200', '127.1.2.3'].every(address => contains(ranges, address))).toBe(true)
    expect(['192.168.8.1', '203.0.113.10', '10.0.0.1'].some(address => contains(ranges, address))).toBe(false)
  })
})

describe('messages', () => {
  it('of discovery come back as they were sent', () => {
    const device = {
      endpoint: 'urn:uuid:1',
      scopes: ['onvif://www.onvif.org/name/a%20b'],
      xaddrs: ['http://h/x?a=1&b=2']
    }
    expect(readDiscovery(probeMessage('urn:uuid:2', 'tds:Device'))).toEqual({
      ok: true,
      value: { kind: 'probe', messageId: 'urn:uuid:2', types: ['Device'] }
    })
    expect(readDiscovery(matchesMessage('m', 'r', [device]))).toMatchObject({
      value: { kind: 'matches', relatesTo: 'r', devices: [device] }
    })
    expect(readDiscovery(helloMessage('m', device))).toMatchObject({ value: { kind: 'hello', devices: [device] } })
    expect(readDiscovery(byeMessage('m', device))).toMatchObject({
      value: { kind: 'bye', devices: [{ endpoint: 'urn:uuid:1' }] }
    })
  })

  it('carry a token that a device can check, signed with the device’s time', () => {
    const token = usernameToken('用户<&>', 'pass', Buffer.from('nonce'), Date.UTC(2001, 0, 2))
    const message = readSoap(soapEnvelope('<x/>', securityHeader(token)))
    expect(message.ok && readUsernameToken(message.value.header)).toEqual(token)
    expect(token.created).toBe('2001-01-02T00:00:00.000Z')
  })

  it('never throw on anything, and never grow beyond their bounds', () => {
    const recorded = ['GetProfiles', 'GetStreamUri'].map(name => recording(`server-b/media.${name}.txt`).body)
    const broken = fc
      .tuple(fc.constantFrom(...recorded), fc.nat(), fc.nat(), fc.string())
      .map(([text, at, cut, patch]) => {
        const start = at % text.length
        return text.slice(0, start) + patch + text.slice(start + (cut % 40))
      })
    fc.assert(
      fc.property(fc.oneof(broken, fc.string()), text => {
        const message = readSoap(text)
        readDiscovery(Buffer.from(text))
        if (!message.ok || !message.value.body) return
        const { body } = message.value
        decodeDateAndTime(body)
        decodeDeviceInformation(body)
        mediaOfServices(body)
        mediaOfCapabilities(body)
        const uri = decodeMediaUri(body)
        if (uri) rebase(uri, '127.0.0.1', ['rtsp:'])
        for (const profile of decodeProfiles(body)) expect(profile.width).toBeLessThanOrEqual(65_535)
      }),
      { numRuns: 1000 }
    )
    const many = matchesMessage(
      'm',
      'r',
      Array.from({ length: 200 }, (_, i) => ({ endpoint: `e${i}`, scopes: [], xaddrs: [] }))
    )
    const read = readDiscovery(many)
    expect(read.ok && read.value.kind === 'matches' && read.value.devices.length).toBe(64)
  })
})
