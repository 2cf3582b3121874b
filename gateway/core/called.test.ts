/** What nobody registered is named in words, in both languages, and the bare source stays beside it. */
import { expect, it } from 'vitest'
import { id, type SourceId, type SubjectId } from './brand.ts'
import {
  cameraGroupNames,
  floodCard,
  inCarNames,
  namedByCrowd,
  nameIn,
  namesAs,
  unmappedCard,
  unprovenCard
} from './called.ts'
import type { SubjectCard } from './incident.ts'

const card = (source: string) => unmappedCard(id<SourceId>(source))

it.each([
  ['mqtt:broker', 'MQTT 接入服务', 'MQTT broker', true],
  ['mqtt:line', 'MQTT 设备线路', 'Line of the MQTT devices', true],
  ['jt808:line', '车载终端线路（JT/T 808）', 'Line of the vehicles (JT/T 808)', true],
  ['dc09:gateway@10.0.3.7', '同一地址的报警主机（10.0.3.7）', 'Every alarm box at 10.0.3.7', true],
  ['sip:gateway@10.0.3.7', '同一地址的电话（10.0.3.7）', 'Every telephone at 10.0.3.7', true],
  ['sip:trunk/city', '电话交换机 city', 'Exchange city', true],
  ['sip:anonymous@10.0.3.7', '隐藏号码来电（来自 10.0.3.7）', 'Withheld number (from 10.0.3.7)', false],
  ['sip:flood@10.0.3.7', '大量未核实来电（来自 10.0.3.7）', 'Many unproven calls (from 10.0.3.7)', false],
  ['jt905:flood@9003', '大量未核实车辆报警（来自 9003）', 'Many unproven vehicle alarms (from 9003)', false],
  ['dc09:flood@all', '大量未核实报警（多处来源）', 'Many unproven alarms (from many places)', false],
  ['sip:6659999', '未登记号码 6659999', 'Unregistered number 6659999', false],
  ['sip:kiosk', '未登记电话 kiosk', 'Unregistered telephone kiosk', false],
  ['mqtt:linxi/box-21', '未登记设备 linxi/box-21', 'Unregistered device linxi/box-21', false],
  ['jt808:000139000637', '未登记车载终端 000139000637', 'Unregistered vehicle terminal 000139000637', false],
  [
    'onvif:urn:uuid:4c1f/AlarmIn_1',
    '未登记摄像机报警输入 AlarmIn_1',
    'Unregistered alarm input of a camera AlarmIn_1',
    false
  ]
])('%s', (source, zh, en, ours) => {
  const made = card(source)
  expect([nameIn(made, 'zh'), nameIn(made, 'en')]).toEqual([zh, en])
  expect(made).toMatchObject({ id: `unmapped:${source}`, kind: 'unmapped', description: source })
  expect(made.ours ?? false).toBe(ours)
})

it.each([
  ['turned', 'linxi/\u202e12-xob'],
  ['ended', 'linxi/box-21\n已处置'],
  ['with a sign that nobody sees', 'linxi/box-21\u200b']
])('a name that its sender %s shows where', (_, native) => {
  const { name, nameEn, description } = card(`mqtt:${native}`)
  for (const shown of [name, nameEn, description]) {
    expect(shown).toContain('\uFFFD')
    expect(shown).not.toMatch(/[\p{C}]/u)
  }
})

it('a device that chose the name of a line as its site is a device', () => {
  const made = card('mqtt:gateway@10.0.3.7/x')
  expect([made.name, made.ours]).toEqual(['未登记设备 gateway@10.0.3.7/x', undefined])
})

it('a long name is cut in what is shown, not in the source beside it', () => {
  const source = `mqtt:${'a'.repeat(60)}/${'b'.repeat(60)}`
  expect(card(source).name).toHaveLength('未登记设备 '.length + 40)
  expect(card(source).description).toBe(source)
})

it('all unknown senders of an address, and cameras of a recorder or a network', () => {
  expect(floodCard('10.0.3.7')).toMatchObject({
    id: 'flood:10.0.3.7',
    name: '大量未登记设备（来自 10.0.3.7）',
    nameEn: 'Many unregistered devices (from 10.0.3.7)'
  })
  expect(cameraGroupNames('host:10.0.3.7').name).toBe('10.0.3.7 上的摄像机')
  expect(cameraGroupNames('net:10.0.3').nameEn).toBe('Cameras of the network 10.0.3')
})

it('a crowd names whom it claims to be; what is known of them beyond name, place and telephone is not on its card', () => {
  expect(namedByCrowd(id<SourceId>('dc09:flood@F3.77/1234'))).toBe('dc09:F3.77/1234')
  expect(namedByCrowd(id<SourceId>('dc09:1234'))).toBeUndefined()
  // A device may have chosen such a site.
  expect(namedByCrowd(id<SourceId>('mqtt:flood@linxi/box-03'))).toBeUndefined()
  const household: SubjectCard = {
    ...{ id: id<SubjectId>('h1'), kind: 'household', name: '陈桂芳', address: '杏花巷 16 号', phone: '6650147' },
    ...{ medicalNote: '心脏病', contacts: [{ name: '陈明', relation: '子', phone: '139' }] }
  }
  expect(unprovenCard(id<SourceId>('dc09:flood@1021'), household)).toEqual({
    ...{ id: 'unproven:h1', kind: 'household', name: '陈桂芳（未经验证）', nameEn: '陈桂芳 (unproven sender)' },
    ...{ address: '杏花巷 16 号', phone: '6650147', description: 'dc09:flood@1021' }
  })
})

it('what the registry says is the same in every language', () =>
  expect(nameIn({ name: '陈桂芳' }, 'en')).toBe('陈桂芳'))

it('a photo of a vehicle has words of ours in its name, in both languages', () => {
  expect(inCarNames({ name: '闽J·T0637' }, 1)).toEqual({
    ...{ cameraName: '闽J·T0637 车载 1', cameraNameEn: '闽J·T0637 In-car 1' }
  })
  const stranger = inCarNames(card('jt808:000139000637'), 2)
  expect(stranger.cameraNameEn).toBe('Unregistered vehicle terminal 000139000637 In-car 2')
})

it('several names are one value; English stands beside it only where the gateway named one of them', () => {
  expect(namesAs('camera', [{ name: '东街' }, { name: '西街' }])).toEqual({ camera: '东街、西街' })
  const named = namesAs('camera', [{ name: '东街' }, { name: '未登记号码 1', nameEn: 'Unregistered number 1' }])
  expect(named).toEqual({ camera: '东街、未登记号码 1', cameraEn: '东街、Unregistered number 1' })
})
