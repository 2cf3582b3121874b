/** What events mean: topics, values and times as devices send them; recorded subscriptions; no input throws. Pure. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { readXml, type XmlElement } from '../kit/xml.ts'
import { meaningOf, parseDeviceTime, readMessages } from './event-decode.ts'
import { addressing, createPullPoint, pullMessages, readPullPoint, remainingMs, renew } from './event-frame.ts'
import { readSoap } from './frame.ts'
import { recording } from './testing.ts'

const bodyOf = (text: string): XmlElement => {
  const message = readSoap(text)
  if (!message.ok || !message.value.body) throw new Error('no body')
  return message.value.body
}

interface Said {
  readonly topic: string
  readonly source?: readonly [string, string]
  readonly data?: readonly [string, string]
  readonly operation?: string
}

const notification = ({ topic, source, data, operation = 'Changed' }: Said): string => {
  const item = (pair: readonly [string, string] | undefined) =>
    pair ? `<tt:SimpleItem Name="${pair[0]}" Value="${pair[1]}"/>` : ''
  return (
    `<wsnt:NotificationMessage xmlns:wsnt="http://docs.oasis-open.org/wsn/b-2" xmlns:tt="http://www.onvif.org/ver10/schema"><wsnt:Topic>${topic}</wsnt:Topic>` +
    `<wsnt:Message><tt:Message UtcTime="2024-08-17T12:30:45Z" PropertyOperation="${operation}"><tt:Source>${item(source)}</tt:Source>` +
    `<tt:Data>${item(data)}</tt:Data></tt:Message></wsnt:Message></wsnt:NotificationMessage>`
  )
}

const meanings = (...said: readonly Said[]) => {
  const answer = readXml(`<r>${said.map(notification).join('')}</r>`)
  if (!answer.ok) throw new Error(answer.reason)
  return readMessages(answer.value, 100).map(meaningOf)
}

describe('topics', () => {
  // Topics as named by ONVIF Core and Analytics, and as the devices of these makers send them (Home Assistant's and other public parsers).
  it.each([
    ['standard', 'tns1:VideoSource/MotionAlarm', 'State', 'true', { kind: 'motion', active: true }],
    ['Hikvision', 'tns1:RuleEngine/CellMotionDetector/Motion', 'IsMotion', 'false', { kind: 'motion', active: false }],
    ['Hanwha', 'tns1:VideoAnalytics/tnssamsung:MotionDetection', 'State', '1', { kind: 'motion', active: true }],
    [
      'Axis',
      'tnsaxis:CameraApplicationPlatform/VMD/Camera1ProfileANY',
      'active',
      '0',
      { kind: 'motion', active: false }
    ],
    ['Axis', 'tns1:RuleEngine/tnsaxis:VMD3/vmd3_video_1', 'active', '1', { kind: 'motion', active: true }],
    ['Hisilicon', 'tns1:UserAlarm/VideoMove', 'AlarmStatus', 'true', { kind: 'motion', active: true }],
    [
      'every segment prefixed',
      'tns1:RuleEngine/tns1:MotionRegionDetector/tns1:Motion',
      'State',
      'True',
      { kind: 'motion', active: true }
    ],
    [
      'scene changed',
      'tns1:VideoSource/GlobalSceneChange/ImagingService',
      'State',
      'true',
      { kind: 'tampered', active: true }
    ],
    ['tamper rule', 'tns1:RuleEngine/TamperDetector/Tamper', 'IsTamper', 'true', { kind: 'tampered', active: true }],
    ['Axis', 'tns1:VideoSource/tnsaxis:Tampering', 'tampering', '1', { kind: 'tampered', active: true }],
    ['encoder', 'tns1:VideoSource/SignalLoss', 'State', 'true', { kind: 'videoLoss', active: true }],
    ['Hisilicon', 'tns1:UserAlarm/VideoLost', 'AlarmStatus', 'false', { kind: 'videoLoss', active: false }],
    [
      'an item nobody has heard of',
      'tns1:VideoSource/MotionAlarm',
      'Bewegung',
      'true',
      { kind: 'motion', active: true }
    ]
  ])('%s %s %s=%s', (_who, topic, item, value, meaning) => {
    expect(meanings({ topic, data: [item, value] })[0]).toMatchObject({ ...meaning, initial: false })
  })

  it.each([
    ['standard', 'tns1:Device/Trigger/DigitalInput', 'InputToken', 'LogicalState', 'true', 'in-1', true],
    ['Avigilon', 'tns1:Device/tns1:Trigger/tns1:DigitalInput', 'InputToken', 'LogicalState', 'false', 'in-1', false],
    ['Hanwha', 'tns1:Device/tns1:Trigger/tnssamsung:DigitalInput', 'Index', 'Level', 'true', 'in-1', true],
    ['Hikvision', 'tns1:Device/tns1:Trigger/tnshik:AlarmIn', 'AlarmInToken', 'State', 'true', 'AlarmIn_1', true],
    ['Axis', 'tns1:Device/tnsaxis:IO/Port', 'port', 'state', '1', '1', true],
    ['another item', 'tns1:Device/Trigger/DigitalInput', 'Source', 'Value', 'active', 'in-1', true],
    ['a name with spaces', 'tns1:Device/Trigger/DigitalInput', 'InputToken', 'State', 'true', '门 1', true],
    [
      'words that we do not know',
      'tns1:Device/Trigger/DigitalInput',
      'InputToken',
      'State',
      'geschlossen',
      'in-1',
      undefined
    ]
  ])('input of %s', (_who, topic, name, item, value, token, active) => {
    const input = token.replace(/[^\x21-\x7e]/g, '_')
    expect(meanings({ topic, source: [name, token], data: [item, value] })[0]).toMatchObject({
      ...{ kind: 'input', input, active, initial: false },
      deviceTimeMs: Date.UTC(2024, 7, 17, 12, 30, 45)
    })
  })

  it('passes over outputs, analytics of people, sound and what it does not know, and a state that says nothing', () => {
    expect(
      meanings(
        { topic: 'tns1:Device/Trigger/Relay', data: ['LogicalState', 'active'] },
        { topic: 'tns1:RuleEngine/MyRuleDetector/PeopleDetect', data: ['State', 'true'] },
        { topic: 'tns1:RuleEngine/LineDetector/Crossed', data: ['ObjectId', '1'] },
        { topic: 'tns1:AudioAnalytics/Audio/DetectedSound', data: ['IsSoundDetected', 'true'] },
        { topic: 'tns1:VideoSource/MotionAlarmX', data: ['State', 'true'] },
        { topic: 'tns1:VideoSource/MotionAlarm', data: ['State', 'perhaps'] }
      )
    ).toEqual([undefined, undefined, undefined, undefined, undefined, undefined])
  })

  it('tells a state that lasts from what happens, and takes a removed input for open', () => {
    const input = { topic: 'tns1:Device/Trigger/DigitalInput', data: ['State', 'true'] } as const
    const [lasting, removed] = meanings({ ...input, operation: 'Initialized' }, { ...input, operation: 'Deleted' })
    expect(lasting).toMatchObject({ initial: true, active: true, input: '1' })
    expect(removed).toMatchObject({ initial: false, active: false })
  })
})

describe('times', () => {
  it.each([
    ['2024-08-17T12:30:45Z', Date.UTC(2024, 7, 17, 12, 30, 45)],
    ['2024-08-17-12:30:45Z', Date.UTC(2024, 7, 17, 12, 30, 45)],
    ['2024-08-17T12:30:45.250Z', Date.UTC(2024, 7, 17, 12, 30, 45, 250)],
    ['2024-08-17T20:30:45+08:00', Date.UTC(2024, 7, 17, 12, 30, 45)],
    ['2024-8-17T12:61:45Z', Date.UTC(2024, 7, 17, 13, 1, 45)],
    ['2024-08-17T12:30:45', Date.UTC(2024, 7, 17, 12, 30, 45)],
    ['0000-00-00T00:00:00Z', undefined],
    ['soon', undefined],
    [undefined, undefined]
  ])('%s', (text, ms) => {
    expect(parseDeviceTime(text)).toBe(ms)
  })
})

describe('subscriptions as recorded', () => {
  it('Axis: one address for all, told apart by a reference parameter that has to come back', () => {
    const answer = bodyOf(recording('axis-hikvision/axis.CreatePullPointSubscription.Response.xml').body)
    const made = readPullPoint(answer)
    expect(made?.address).toBe('http://192.168.0.19/onvif/services')
    const echoed = readXml(`<h>${addressing('a', 'http://x/', 'urn:uuid:1', made?.reference)}</h>`)
    if (!echoed.ok) throw new Error(echoed.reason)
    expect(echoed.value.children.at(-1)).toMatchObject({
      ...{ local: 'SubscriptionId', uri: 'http://www.axis.com/2009/event', text: '88' }
    })
    expect(echoed.value.children.at(-1)?.attributes.get('IsReferenceParameter')).toBe('true')
    expect(remainingMs(answer, parseDeviceTime)).toBe(28 * 86_400_000)
  })

  it('Hikvision: an address of its own, a minute long', () => {
    const answer = bodyOf(recording('axis-hikvision/hikvision.CreatePullPointSubscription.Response.xml').body)
    expect(readPullPoint(answer)).toEqual({
      address: 'http://10.10.1.60/onvif/Events/PullSubManager_2018-02-23T00:51:37Z_17',
      reference: ''
    })
    expect(remainingMs(answer, parseDeviceTime)).toBe(60_000)
  })

  it('bounds what it would have to send back', () => {
    const many = '<a/>'.repeat(100)
    const long = `<a>${'x'.repeat(5_000)}</a>`
    for (const parameters of [many, long]) {
      const answer = readXml(
        `<r><SubscriptionReference><ReferenceParameters>${parameters}</ReferenceParameters></SubscriptionReference></r>`
      )
      if (!answer.ok) throw new Error(answer.reason)
      expect(readPullPoint(answer.value)?.reference).toBe('')
    }
  })
})

describe('requests', () => {
  it('names a life time as a duration, as a moment without fractions, or not at all', () => {
    expect(createPullPoint({ forMs: 60_000 }).body).toContain('>PT60S</tev:InitialTerminationTime>')
    expect(createPullPoint({ untilMs: Date.UTC(2024, 0, 2, 3, 4, 5, 678) }).body).toContain('>2024-01-02T03:04:05Z<')
    expect(createPullPoint(undefined).body).not.toContain('TerminationTime')
    expect(renew({ forMs: 1 }).body).toContain('>PT1S<')
    expect(pullMessages(5_000, 64).body).toMatch(/<tev:Timeout>PT5S<.*<tev:MessageLimit>64</)
  })
})

describe('hostile answers', () => {
  it('no answer makes reading throw, and what is read is bounded', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.constantFrom('true', '0', 'Initialized', 'Deleted', '2024-13-45T99:99:99Z')
    )
    const element = fc.letrec(tie => ({
      node: fc.record({
        local: fc.constantFrom(
          'NotificationMessage',
          'Topic',
          'Message',
          'Source',
          'Data',
          'SimpleItem',
          'Key',
          'SubscriptionReference',
          'ReferenceParameters',
          'Address',
          'CurrentTime'
        ),
        uri: text,
        attributes: fc
          .array(fc.tuple(fc.constantFrom('Name', 'Value', 'UtcTime', 'PropertyOperation', 'x y'), text))
          .map(pairs => new Map(pairs)),
        children: fc.oneof({ depthSize: 'small' }, fc.constant([]), fc.array(tie('node'), { maxLength: 6 })),
        text: fc.oneof(text, fc.constantFrom('tns1:Device/Trigger/DigitalInput', 'tns1:VideoSource/MotionAlarm', '/:/'))
      })
    })).node as fc.Arbitrary<XmlElement>
    fc.assert(
      fc.property(element, body => {
        for (const message of readMessages(body, 8)) {
          const meaning = meaningOf(message)
          if (meaning?.kind === 'input') expect(meaning.input).toMatch(/^[\x21-\x7e]{1,60}$/)
        }
        const made = readPullPoint(body)
        expect(made?.reference.length ?? 0).toBeLessThanOrEqual(4096)
        // What goes back is XML whatever came.
        expect(readXml(`<h>${addressing('a', made?.address ?? '', 'm', made?.reference)}</h>`).ok).toBe(true)
        remainingMs(body, parseDeviceTime)
      }),
      { numRuns: 2000 }
    )
    fc.assert(fc.property(fc.string({ unit: 'binary' }), garbage => void parseDeviceTime(garbage)))
  })
})
