/** Contact ID and SIA events → reports and Signals, on recorded data and over the whole tables. */
import { describe, expect, it } from 'vitest'
import { CONTACT_ID } from '../kit/contact-id.ts'
import { parseAccount, stepAccount } from './account.ts'
import { decodeExtras, decodeReports } from './decode.ts'
import { SIA_CODES } from './sia-codes.ts'
import { type Arrival, digestOf, nativeOf, signalsOf } from './signals.ts'

const NOW = Date.UTC(2026, 10, 21, 19, 12, 31)
const RULE = { after: 3, pauseMs: 1_800_000 }

const arrival = (id: string, data: string, more: Partial<Arrival> = {}): Arrival => ({
  frame: { crcForm: 'hex', id, encrypted: false, seq: '0001', line: '0', account: '1234', content: '' },
  content: { data, blocks: [] },
  receivedMs: NOW,
  origin: 'tcp 10.0.0.9:1',
  address: '10.0.0.9',
  verified: true,
  unproven: false,
  raw: '',
  ...more
})

function signals(id: string, data: string, more: Partial<Arrival> = {}) {
  const came = arrival(id, data, more)
  const reports = decodeReports(id, data)
  const digest = digestOf(came.frame, data)
  const { judged } = stepAccount(parseAccount(undefined), { digest, nowMs: NOW, reports }, RULE)
  return signalsOf(came, judged, decodeExtras(came.content), { digest, firstMs: NOW })
}
const cid = (text: string) => signals('ADM-CID', `#1234|${text}`)
const sia = (text: string) => signals('SIA-DCS', `#1234|${text}`)

describe('Contact ID', () => {
  it.each([
    ['1100 00 005', 'alarm', 'medical', 'new'],
    ['1101 00 005', 'alarm', 'medical', 'new'],
    ...['110', '111', '112', '113', '114', '115', '116', '117', '118'].map(
      code => [`1${code} 01 003`, 'alarm', 'fire', 'new'] as const
    ),
    ['1120 01 001', 'alarm', 'panic', 'new'],
    ['1121 01 002', 'alarm', 'duress', 'new'],
    ['1122 01 001', 'alarm', 'duress', 'new'],
    ['1123 01 001', 'alarm', 'panic', 'new'],
    ['1124 01 001', 'alarm', 'duress', 'new'],
    ['1125 01 001', 'alarm', 'duress', 'new'],
    ['1129 01 001', 'alarm', 'duress', 'new'],
    ['1130 01 009', 'alarm', 'intrusion', 'new'],
    ['1131 01 009', 'alarm', 'intrusion', 'new'],
    ['1134 01 009', 'alarm', 'intrusion', 'new'],
    ['3131 01 009', 'alarm', 'intrusion', 'restore'],
    ['1137 01 000', 'tamper', 'tamper', 'new'],
    ['1140 01 009', 'alarm', 'intrusion', 'new'],
    ['1144 01 009', 'tamper', 'tamper', 'new'],
    ['1146 01 009', 'alarm', 'intrusion', 'new'],
    ['1151 01 004', 'alarm', 'gas', 'new'],
    ['1154 01 004', 'alarm', 'water', 'new'],
    ['1301 00 000', 'fault', 'trouble', 'new'],
    ['3301 00 000', 'fault', 'trouble', 'restore'],
    ['1302 00 000', 'fault', 'trouble', 'new'],
    ...['350', '351', '352', '353', '354', '355', '381', '384'].map(
      code => [`1${code} 00 000`, 'fault', 'trouble', 'new'] as const
    ),
    ['1383 00 002', 'tamper', 'tamper', 'new'],
    ['1401 01 003', 'heartbeat', 'panic', 'status'],
    ['3401 01 003', 'heartbeat', 'panic', 'status'],
    ['1406 01 003', 'cancel', 'panic', 'new'],
    ['1570 01 007', 'heartbeat', 'panic', 'status'],
    ['1601 00 000', 'test', 'panic', 'new'],
    ['1602 00 000', 'test', 'panic', 'new']
  ] as const)('%s is %s, %s, %s', (data, condition, alarmClass, qualifier) => {
    expect(cid(data)).toMatchObject([{ condition, alarmClass, qualifier, sourceKind: 'alarmBox' }])
  })

  it('zone, partition and user, in the words of each language, with the code of the manual', () => {
    expect(cid('1131 01 009')[0]).toMatchObject({
      zone: '009',
      text: '周界盗警 · CID 1131 · 防区 009 · 分区 01',
      textEn: 'Perimeter burglary · CID 1131 · zone 009 · partition 01'
    })
    expect(cid('3401 02 007')[0]).toMatchObject({
      zone: undefined,
      text: expect.stringContaining('用户布防'),
      textEn: expect.stringContaining('Closing by user')
    })
    expect(cid('1401 02 007')[0]?.text).toBe('用户撤防 · CID 1401 · 分区 02 · 用户 007')
    expect(cid('3131 01 009')[0]).toMatchObject({
      text: expect.stringContaining('周界盗警恢复'),
      textEn: expect.stringContaining('Perimeter burglary restored')
    })
    expect(cid('1301 00 000')[0]).toMatchObject({ cause: 'power', zone: undefined })
  })

  it('in one piece, with the 18 and the check digit of the telephone form', () => {
    for (const form of ['1131 01 009', '113101009', '18 1131 01 009', '181131010097', '1234 18 1131 01 009 7'])
      expect(cid(form), form).toMatchObject([{ alarmClass: 'intrusion', zone: '009' }])
  })

  it('an unknown code and unreadable data are unmapped alarms, with what came in their text', () => {
    expect(cid('1999 01 009')).toMatchObject([{ condition: 'alarm', alarmClass: 'unmapped', zone: '009' }])
    expect(cid('1999 01 009')[0]?.text).toContain('CID 1999')
    expect(cid('hello world')).toMatchObject([{ alarmClass: 'unmapped', text: expect.stringContaining('hello world') }])
  })
})

describe('SIA', () => {
  it.each([
    ['NPA01', 'alarm', 'panic', 'new'],
    ['NPR01', 'alarm', 'panic', 'restore'],
    ['NHA01', 'alarm', 'duress', 'new'],
    ['NHR01', 'alarm', 'duress', 'restore'],
    ['NHH01', 'alarm', 'duress', 'restore'],
    ['NMA01', 'alarm', 'medical', 'new'],
    ['NFA01', 'alarm', 'fire', 'new'],
    ['NGA01', 'alarm', 'gas', 'new'],
    ['NWA01', 'alarm', 'water', 'new'],
    ['NBA01', 'alarm', 'intrusion', 'new'],
    ['NBR01', 'alarm', 'intrusion', 'restore'],
    ['NBV1', 'alarm', 'intrusion', 'new'],
    ['NTA01', 'tamper', 'tamper', 'new'],
    ['NAT', 'fault', 'trouble', 'new'],
    ['NAR', 'fault', 'trouble', 'restore'],
    ['NYR', 'fault', 'trouble', 'restore'],
    ['NYT', 'fault', 'trouble', 'new'],
    ['NBT01', 'fault', 'trouble', 'new'],
    ['NRP', 'test', 'panic', 'new'],
    ['NOC3', 'cancel', 'panic', 'new'],
    ['NOP3', 'heartbeat', 'panic', 'status'],
    ['NCL3', 'heartbeat', 'panic', 'status'],
    ['NUA01', 'alarm', 'unmapped', 'new'],
    ['NQQ01', 'alarm', 'unmapped', 'new']
  ] as const)('%s is %s, %s, %s', (data, condition, alarmClass, qualifier) => {
    expect(sia(data)).toMatchObject([{ condition, alarmClass, qualifier }])
  })

  it('area, peripheral, time and text, as panels send them', () => {
    expect(sia('Nri0001/BH005')).toMatchObject([{ alarmClass: 'intrusion', qualifier: 'restore', zone: '005' }])
    expect(sia('Nri0001/BH005')[0]?.text).toContain('分区 0001')
    expect(
      decodeReports('SIA-DCS', '#12345|Nri0000pi0006da10-25-18ti14:37:53UT0000^$PR,SCOMPARSA   ,Zona1^')
    ).toMatchObject([{ code: 'SIA UT', kind: 'fault', text: '$PR,SCOMPARSA ,Zona1' }])
    expect(decodeReports('SIA-DCS', '#1|Nri1CL0^VX FRONTE ^')).toMatchObject([
      { kind: 'close', partition: '1', text: 'VX FRONTE' }
    ])
    expect(decodeReports('SIA-DCS', '#1234|NRR|Atest')).toMatchObject([{ code: 'SIA RR', text: 'test' }])
    expect(decodeReports('SIA-DCS', "#1234|Nid005BA12*'door'NM")[0]).toMatchObject({
      zone: '12',
      user: '005',
      text: 'door'
    })
  })

  it('several events of one frame are several signals, each with an id of its own', () => {
    const all = sia('Nri1/BA01/FA02/PA03')
    expect(all.map(({ alarmClass, zone }) => [alarmClass, zone])).toEqual([
      ['intrusion', '01'],
      ['fire', '02'],
      ['panic', '03']
    ])
    expect(new Set(all.map(({ eventId }) => eventId)).size).toBe(3)
  })

  it('Chinese text, whether the panel writes UTF-8 or GB18030', () => {
    for (const bytes of [Buffer.from('北门'), Buffer.from([0xb1, 0xb1, 0xc3, 0xc5])])
      expect(sia(`NBA01^${bytes.toString('latin1')}^`)[0]?.text).toContain('北门')
  })
})

describe('the tables', () => {
  it('every row has its words in both languages, and a fault its cause', () => {
    const rows = [...Object.entries(CONTACT_ID), ...Object.entries(SIA_CODES)]
    expect(rows.length).toBeGreaterThan(400)
    for (const [code, row] of rows) {
      expect(row.zh, code).toMatch(/\p{Script=Han}/u)
      expect(row.en, code).toMatch(/^[A-Z0-9]/)
      expect(row.kind === 'fault', code).toBe(row.cause !== undefined)
    }
    for (const code of Object.keys(CONTACT_ID)) expect(code).toMatch(/^\d{3}$/)
    for (const code of Object.keys(SIA_CODES)) expect(code).toMatch(/^[A-Z]{2}$/)
  })
})

describe('extended blocks', () => {
  const of = (...blocks: [string, string][]) => decodeExtras({ blocks: blocks.map(([id, value]) => ({ id, value })) })

  it.each([
    ['119E37.008', '27N01.992'],
    ['E119.6168', 'N27.0332'],
    ['119.6168', '27.0332']
  ])('X%s Y%s is a position', (x, y) => {
    const { position } = of(['X', x], ['Y', y])
    expect(position?.lon).toBeCloseTo(119.6168, 4)
    expect(position?.lat).toBeCloseTo(27.0332, 4)
  })

  it('west and south are negative; half a position, nonsense and 0/0 are none', () => {
    expect(of(['X', '093W30'], ['Y', '27S30']).position).toMatchObject({ lat: -27.5, lon: -93.5 })
    expect(
      [of(['X', '1']), of(['X', 'east'], ['Y', 'north']), of(['X', '0'], ['Y', '0'])].map(one => one.position)
    ).toEqual([undefined, undefined, undefined])
  })

  it('the time of occurrence outranks the time of sending; words and a link are told, the link itself is not', () => {
    const content = {
      data: '#1234|NBA01',
      blocks: [
        { id: 'H', value: '19:00:00,11-21-2026' },
        { id: 'L', value: 'Back door' },
        { id: 'V', value: 'http://user:secret@camera/1' }
      ],
      timestamp: '19:12:31,11-21-2026'
    }
    const [signal] = signals('SIA-DCS', content.data, { content })
    expect(signal).toMatchObject({
      deviceTimeMs: Date.UTC(2026, 10, 21, 19),
      text: expect.stringContaining('Back door')
    })
    expect(signal?.textEn).toContain('With video')
    expect(`${signal?.text}${signal?.textEn}`).not.toContain('secret')
    const wrong = { ...content, blocks: [], timestamp: '19:12:31,11-21-2001' }
    expect(signals('SIA-DCS', content.data, { content: wrong })[0]?.deviceTimeMs).toBeUndefined()
  })
})

describe('who it is', () => {
  it('zeros in front of receiver and prefix say nothing, those of an account do', () => {
    expect(nativeOf({ line: '0', account: '0012' })).toBe('0012')
    expect(nativeOf({ receiver: '0', line: '000', account: 'ab12' })).toBe('AB12')
    expect(nativeOf({ receiver: 'f3', line: '077', account: '1234' })).toBe('F3.77/1234')
    expect(nativeOf({ line: '7896', account: '3456' })).toBe('0.7896/3456')
  })
})
