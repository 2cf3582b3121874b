/** 疑似重复: what makes two incidents likely to be one, what does not, and that each says why. */
import { expect, test } from 'vitest'
import { sampleIncident } from '../testing/samples.ts'
import { id } from './brand.ts'
import type { Incident } from './incident.ts'
import { similarTo } from './similar.ts'

const at = (lat: number) => ({ lat, lon: 119.612, datum: 'wgs84' }) as const
const of = (name: string, over: Partial<Incident> & { phone?: string; address?: string; group?: string } = {}) => {
  const { phone, address = name, group, ...rest } = over
  const base = sampleIncident({ alarmClass: 'panic', openedAtMs: 1_000, ...rest })
  const members = { name: 'g', members: 2 }
  return {
    ...base,
    subject: {
      ...base.subject,
      name,
      address,
      ...(phone ? { phone } : {}),
      ...(group ? { group: { id: id<never>(group), ...members } } : {})
    }
  } satisfies Incident
}
const why = (a: Incident, b: Incident) => similarTo(a, [a, b])[0]?.why

test('by telephone, address, group or place, with what else is the same', () => {
  expect(why(of('甲', { phone: '6650147' }), of('乙', { phone: '6650147' }))).toEqual(['samePhone', 'sameClass'])
  expect(why(of('甲', { address: '杏花巷 16 号' }), of('乙', { address: '杏花巷 16 号', alarmClass: 'fire' }))).toEqual(
    ['sameAddress']
  )
  expect(why(of('甲', { group: 'g1' }), of('乙', { group: 'g1' }))).toEqual(['sameGroup', 'sameClass'])
  const near = similarTo(of('甲', { position: at(27.032), nature: 'fire' }), [
    of('乙', { position: at(27.033), nature: 'fire' })
  ])
  expect(near).toMatchObject([{ why: ['near', 'sameNature', 'sameClass'], distanceM: 111, apartMs: 0 }])
})

test('a place alone says something only at the same door, and of what does not move', () => {
  const here = of('甲', { position: at(27.032) })
  const beside = { position: at(27.0324) }
  expect(why(here, of('乙', beside))).toEqual(['near', 'sameClass'])
  expect(why(here, of('乙', { position: at(27.0325) }))).toBeUndefined()
  expect(why(here, of('乙', { ...beside, positionSource: 'device' }))).toBeUndefined()
  const taxi = of('闽J·T0637', beside)
  expect(why(here, { ...taxi, subject: { ...taxi.subject, kind: 'vehicle' } })).toBeUndefined()
  // Two cars of one firm have its address, and are two.
  const car = (name: string) => {
    const one = of(name, { address: '宝塔路 8 号 宏达出租' })
    return { ...one, subject: { ...one.subject, kind: 'vehicle' as const } }
  }
  expect(why(car('闽J·T0637'), car('闽J·T0638'))).toBeUndefined()
  // The same fire, seen by two detectors; two who only call for help are two.
  const fire = (name: string, lat: number) => of(name, { position: at(lat), alarmClass: 'fire' })
  expect(why(fire('甲', 27.032), fire('乙', 27.033))).toEqual(['near', 'sameClass'])
})

test('not by class alone, nor far, long ago, over, of the other lane, or itself', () => {
  const phone = '6650147'
  const here = of('甲', { phone, position: at(27.032) })
  expect(why(here, of('乙', { position: at(27.04) }))).toBeUndefined()
  expect(why(here, of('乙', { phone, openedAtMs: 1_000 + 15 * 60_000 + 1 }))).toBeUndefined()
  expect(why(here, of('乙', { phone, state: 'resolved' }))).toBeUndefined()
  expect(why(here, of('乙', { phone, alarmClass: 'trouble' }))).toBeUndefined()
  expect(similarTo(here, [here])).toEqual([])
})

test('empty telephones and addresses are no likeness; the likeliest first, five at most', () => {
  expect(why(of('甲', { address: '' }), of('乙', { address: '' }))).toBeUndefined()
  const many = Array.from({ length: 9 }, (_, n) => of(`户${n}`, { group: 'g1', openedAtMs: 1_000 + n }))
  const likeliest = of('丙', { group: 'g1', phone: '1', openedAtMs: 2_000 })
  const found = similarTo(of('甲', { group: 'g1', phone: '1' }), [...many, likeliest])
  expect(found.map(each => each.name)).toEqual(['丙', '户0', '户1', '户2', '户3'])
})
