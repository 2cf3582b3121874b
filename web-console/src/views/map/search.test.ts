/** The map's search: by name, initials and code, a few of each kind, and where each is. */
import { expect, it } from 'vitest'
import { incident } from '../../testing/samples.ts'
import { chosenAt, type Known, searchOf } from './search.ts'

const point = { lat: 27.03, lon: 119.61, datum: 'wgs84' }
const KNOWN = {
  placeOf: ({ subject }: { subject: { kind: string; address: string } }) =>
    subject.kind === 'vehicle' ? { words: '北环路与建设路路口', point } : { words: subject.address },
  incidents: [
    incident('i1'),
    incident('t1', {
      subject: { ...incident('t1').subject, kind: 'vehicle', name: '闽J·T0637', address: '临溪平安出租' }
    })
  ],
  cameras: [
    { id: 'cam-7', name: '杏花巷东口', position: point },
    ...Array.from({ length: 20 }, (_, n) => ({ id: `c${n}`, name: `人民路 ${n}`, position: point }))
  ],
  units: [
    { id: 'u1', name: '巡防 07 车', position: { point, atMs: 1 } },
    { id: 'u2', name: '骑巡 18 组' }
  ],
  cells: [
    {
      id: '3509-01',
      name: '城东一格',
      level: 3,
      ring: [
        [1, 2],
        [3, 2],
        [3, 4],
        [1, 4],
        [1, 2]
      ]
    }
  ]
} as unknown as Known
const found = (text: string) => searchOf(text, KNOWN).map(({ kind, id }) => `${kind} ${id}`)

it('keeps the arrowed hit when others come in above it', () => {
  const own = searchOf('人民路', KNOWN)
  const arrowed = own[1]
  const more = [{ kind: 'household', id: arrowed?.id ?? '', name: '陈桂芳', more: '' } as const, ...own]
  expect(own[chosenAt(own, arrowed)]).toBe(arrowed)
  expect(more[chosenAt(more, arrowed)]).toBe(arrowed)
  expect([chosenAt(more, undefined), chosenAt([], arrowed)]).toEqual([0, 0])
})

it('finds by part of a name, initials and code, whatever kind it is', () => {
  expect(found('杏花巷')).toEqual(['incident i1', 'camera cam-7'])
  expect(found('xhxdk')).toEqual(['camera cam-7'])
  expect(found('XF')).toEqual(['unit u1'])
  expect(found('3509')).toEqual(['cell 3509-01'])
  expect(found(' ')).toEqual([])
  expect(found('人民路')).toHaveLength(8)
})

it('finds an incident by its telephone', () => {
  const { subject } = incident('i1')
  const incidents = [incident('i1', { subject: { ...subject, phone: '6650147' } })]
  expect(searchOf('50147', { ...KNOWN, incidents }).map(({ id }) => id)).toEqual(['i1'])
})

it('says where it is: a cell in its middle, a unit without a position nowhere', () => {
  expect(searchOf('城东', KNOWN)[0]?.point).toEqual({ lat: 3, lon: 2, datum: 'wgs84' })
  expect(searchOf('骑巡', KNOWN)[0]).not.toHaveProperty('point')
})

it('a vehicle is found by its plate and by where it is, and a hit goes there; its firm is no place', () => {
  for (const text of ['T0637', '北环路']) {
    const [hit] = searchOf(text, KNOWN)
    expect(hit).toMatchObject({ id: 't1', name: '闽J·T0637', more: '1122-0187 北环路与建设路路口', point })
  }
  expect(found('平安出租')).toEqual([])
})
