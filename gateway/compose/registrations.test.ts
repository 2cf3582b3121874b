/** The administrator's list of terminals: bounded against inventors of numbers, over restarts, no decision without its audit entry. */
import { afterEach, describe, expect, it } from 'vitest'
import { id, type SourceId, type SubjectId } from '../core/brand.ts'
import { REGISTRATION_LIMITS } from '../core/registration.ts'
import type { Store } from '../core/store.ts'
import type { SessionUser } from '../core/wire.ts'
import { EMPTY_REGISTRY } from '../registry/load.ts'
import { createRegistrations } from '../registry/registrations.ts'
import { createRegistry } from '../registry/registry.ts'
import { openSqliteStore } from '../storage/sqlite/store.ts'
import { createFakeClock } from '../testing/fake-clock.ts'
import { silentLog } from '../testing/fake-host.ts'
import { tempDir } from '../testing/temp-dir.ts'
import { until } from '../testing/wait.ts'
import { tellWaiting } from './notices.ts'

const stores: Store[] = []
afterEach(async () => {
  for (const store of stores.splice(0)) await store.close()
})

const ADMIN: SessionUser = { userId: 'u1', login: '10001', name: '吴敏', role: 'administrator' }
const KNOWN = id<SourceId>('jt808:013900000007')
const NEW = 'jt808:013900000001'

const vehicle = (n: number) => ({
  id: id<SubjectId>(`taxi-${n}`),
  kind: 'vehicle' as const,
  name: `闽J·T063${n}`,
  address: ''
})
const data = {
  ...EMPTY_REGISTRY,
  subjects: [
    vehicle(7),
    vehicle(8),
    { id: id<SubjectId>('h1'), kind: 'household' as const, name: '陈桂芳', address: '杏花巷 16 号' }
  ],
  sources: [{ id: KNOWN, subjectId: id<SubjectId>('taxi-7'), kind: 'taxi' as const }]
}

const clock = createFakeClock()

async function setup(dir = tempDir('registrations'), registryData = data) {
  const store = await openSqliteStore({ dir })
  stores.push(store)
  const registry = createRegistry(registryData)
  const calling = new Set<string>()
  const registrations = await createRegistrations({
    ...{ clock, log: silentLog, store, registry },
    calling: source => (calling.has(source) ? '1128-0003' : undefined)
  })
  const apply = (source: string, more: { origin?: string; plate?: string } = {}) =>
    registrations.applied({ sourceId: id<SourceId>(source), origin: 'tcp 10.1.2.3:4711', ...more })
  const states = () => registrations.list().registrations.map(row => [row.source, row.state])
  const kept = async () => (await store.documents({ kind: 'registration', limit: 1_000 })).length
  return { dir, store, registry, registrations, apply, states, kept, calling }
}

async function reopened(before: Awaited<ReturnType<typeof setup>>, registryData = data) {
  await before.store.close()
  stores.splice(stores.indexOf(before.store), 1)
  return setup(before.dir, registryData)
}

const audited = async (store: Store) =>
  (await store.auditTail(50)).map(({ who, action, object }) => [who, action, object])

describe('a terminal that asks', () => {
  it('waits with what it says of itself, beside the vehicle whose plate it names, and is known to nobody', async () => {
    const { registry, registrations, apply } = await setup()
    apply(NEW, { plate: '闽jT0638' })
    apply(NEW, { plate: '闽JT0638', origin: 'udp 10.1.2.9:1' })
    expect(registrations.list()).toMatchObject({
      registrations: [
        { source: NEW, state: 'waiting', tries: 2, origin: 'udp 10.1.2.9:1', vehicle: { id: 'taxi-8', sources: [] } }
      ],
      notListed: 0
    })
    expect(registry.known(id<SourceId>(NEW))).toBe(false)
    expect(registry.resolve(id<SourceId>(NEW)).subject.kind).toBe('unmapped')
  })

  it('who invents numbers fills the part of his address only, and never more than the list', async () => {
    const { registrations, apply, kept } = await setup()
    for (let n = 0; n < 100; n++) apply(`jt808:1${n}`, { origin: 'tcp 10.9.9.9:1' })
    apply(NEW)
    expect(registrations.list().registrations).toHaveLength(REGISTRATION_LIMITS.waitingPerAddress + 1)
    expect(registrations.list().notListed).toBe(80)
    for (let n = 0; n < 500; n++) apply(`jt808:2${n}`, { origin: `udp 10.8.${n >> 8}.${n & 255}:1` })
    expect(registrations.list().registrations).toHaveLength(REGISTRATION_LIMITS.waiting)
    await until('all on disk', async () => (await kept()) === REGISTRATION_LIMITS.waiting)
  })

  it('one that has not tried for an hour gives its place', async () => {
    const { states, apply } = await setup()
    for (let n = 0; n < REGISTRATION_LIMITS.waitingPerAddress; n++) apply(`jt808:1${n}`)
    await clock.advance(REGISTRATION_LIMITS.staleMs)
    for (let n = 1; n < REGISTRATION_LIMITS.waitingPerAddress; n++) apply(`jt808:1${n}`)
    apply(NEW)
    expect(states()).toHaveLength(REGISTRATION_LIMITS.waitingPerAddress)
    expect(states()).toContainEqual([NEW, 'waiting'])
    expect(states()).not.toContainEqual(['jt808:10', 'waiting'])
  })
})

describe('the decision', () => {
  it('approved, it is the vehicle from now on and after a restart, on record', async () => {
    const first = await setup()
    first.apply(NEW)
    await first.registrations.approve(NEW, 'taxi-8', ADMIN)
    for (const house of [first, await reopened(first)]) {
      expect(house.registry.known(id<SourceId>(NEW))).toBe(true)
      expect(house.registry.resolve(id<SourceId>(NEW))).toMatchObject({
        subject: { id: 'taxi-8', name: '闽J·T0638' },
        source: { kind: 'taxi' }
      })
      expect(house.registry.data.sources.map(row => row.id)).toEqual([KNOWN, NEW])
      expect(house.states()).toEqual([[NEW, 'approved']])
      expect(house.registrations.list().registrations[0]).toMatchObject({ by: '吴敏', vehicle: { id: 'taxi-8' } })
    }
    expect(await audited(stores.at(-1) as Store)).toContainEqual([
      '10001 吴敏',
      'registration.approve',
      `source:${NEW}`
    ])
  })

  it('refused, it stays refused however often it asks; an approval is taken back the same way', async () => {
    const first = await setup()
    first.apply(NEW)
    await first.registrations.approve(NEW, 'taxi-8', ADMIN)
    await first.registrations.refuse(NEW, ADMIN)
    expect(first.registry.known(id<SourceId>(NEW))).toBe(false)
    expect(first.registry.data.sources.map(row => row.id)).toEqual([KNOWN])
    const again = await reopened(first)
    again.apply(NEW)
    expect(again.states()).toEqual([[NEW, 'refused']])
    expect(again.registry.known(id<SourceId>(NEW))).toBe(false)
    await again.registrations.approve(NEW, 'taxi-7', ADMIN)
    expect(again.registry.resolve(id<SourceId>(NEW)).subject.id).toBe('taxi-7')
    expect(again.registrations.vehicles('t0637')).toEqual([{ id: 'taxi-7', name: '闽J·T0637', sources: [KNOWN, NEW] }])
  })

  it('waits for the end of its call: it may be under duress, and nobody would know of the next press', async () => {
    const { registrations, apply, calling, registry, states } = await setup()
    apply(NEW)
    const refused = { code: 'TERMINAL_CALLING', detail: { incident: '1128-0003' } }
    calling.add(NEW)
    await expect(registrations.approve(NEW, 'taxi-8', ADMIN)).rejects.toMatchObject(refused)
    calling.delete(NEW)
    await registrations.approve(NEW, 'taxi-8', ADMIN)
    calling.add(NEW)
    await expect(registrations.approve(NEW, 'taxi-7', ADMIN)).rejects.toMatchObject(refused)
    await expect(registrations.refuse(NEW, ADMIN)).rejects.toMatchObject(refused)
    expect([states(), registry.resolve(id<SourceId>(NEW)).subject.id]).toEqual([[[NEW, 'approved']], 'taxi-8'])
    calling.clear()
    await registrations.refuse(NEW, ADMIN)
    // One that only waits may be refused at any time: that changes nothing of whom its press belongs to.
    apply('jt808:013900000002')
    calling.add('jt808:013900000002')
    await registrations.refuse('jt808:013900000002', ADMIN)
    expect(registry.known(id<SourceId>(NEW))).toBe(false)
  })

  it('goes only to a vehicle, for a terminal that is listed and that the file does not list', async () => {
    const { registrations, apply } = await setup()
    apply(NEW)
    await expect(registrations.approve(NEW, 'h1', ADMIN)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(registrations.approve('jt808:9', 'taxi-8', ADMIN)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    await expect(registrations.refuse('jt808:9', ADMIN)).rejects.toMatchObject({ code: 'NOT_FOUND' })
    apply(KNOWN)
    await expect(registrations.approve(KNOWN, 'taxi-8', ADMIN)).rejects.toMatchObject({ code: 'ILLEGAL_TRANSITION' })
  })

  it('a vehicle that has left the registry file takes its terminal with it', async () => {
    const first = await setup()
    first.apply(NEW)
    await first.registrations.approve(NEW, 'taxi-8', ADMIN)
    const later = await reopened(first, { ...data, subjects: data.subjects.filter(row => row.id !== 'taxi-8') })
    expect(later.registry.known(id<SourceId>(NEW))).toBe(false)
  })

  it('refused ones are bounded too: the longest silent is forgotten', async () => {
    const { registrations, apply, states } = await setup()
    for (let n = 0; n < REGISTRATION_LIMITS.refused + 5; n++) {
      apply(`jt808:3${n}`)
      await registrations.refuse(`jt808:3${n}`, ADMIN)
      await clock.advance(1)
    }
    expect(states()).toHaveLength(REGISTRATION_LIMITS.refused)
    expect(states()).not.toContainEqual(['jt808:30', 'refused'])
  })
})

it('who waits is said on the floor, by plate or number, until the last one is decided, also after a restart', async () => {
  const first = await setup()
  const said: string[] = []
  const notices = {
    set: (_key: string, { data }: { readonly data: object }) => void said.push(JSON.stringify(data)),
    clear: () => void said.push('nobody')
  }
  first.registrations.watch(tellWaiting(notices))
  first.apply(NEW)
  first.apply(NEW)
  first.apply('jt808:013900000002', { plate: '闽JT0638' })
  await until('both are kept', async () => (await first.kept()) === 2)
  const second = await reopened(first)
  second.registrations.watch(tellWaiting(notices))
  await second.registrations.approve(NEW, 'taxi-8', ADMIN)
  await second.registrations.refuse('jt808:013900000002', ADMIN)
  expect(said.map(text => text.replace(/[{}"]/g, ''))).toEqual([
    'nobody',
    'count:1,terminal:013900000001',
    expect.stringContaining('count:2'),
    expect.stringContaining('count:2'),
    'count:1,terminal:闽JT0638',
    'nobody'
  ])
})
