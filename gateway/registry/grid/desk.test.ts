/** The desk of the grid while files are looked at: nobody else waits, few files do, and the grid that was taken in first stays. */
import { expect, it } from 'vitest'
import { createSerial } from '../../core/serial.ts'
import type { SessionUser } from '../../core/wire.ts'
import { createFakeClock } from '../../testing/fake-clock.ts'
import { EMPTY_REGISTRY } from '../load.ts'
import { createRows } from '../rows.ts'
import type { GridImport } from './desk.ts'
import { createGridDesk } from './desk.ts'
import { openKeptGrid } from './kept.ts'
import { lookAt } from './look.ts'
import { geoJson, madeGrid } from './testing.ts'

const USER: SessionUser = { userId: 'a', login: '10001', name: '管理员', role: 'administrator' }
const SOUND = Buffer.from(geoJson(madeGrid(1, 2)))
const HOW: GridImport = { datum: 'wgs84', file: 'a.geojson', version: 0, accept: false }

async function setUp() {
  const store = { documents: async () => [], commit: async () => ({ ok: true, feed: [] }) as const }
  const serial = createSerial()
  const inTurn = <T>(work: () => Promise<T>) => serial.run('registry', work)
  const gate = Promise.withResolvers<void>()
  const clock = createFakeClock()
  let looked = 0
  const desk = createGridDesk({
    ...{ clock, store, rows: createRows(EMPTY_REGISTRY), kept: await openKeptGrid(store), inTurn },
    changed: () => undefined,
    async lookApart(file, options) {
      looked += 1
      await gate.promise
      return lookAt(file.toString(), options)
    }
  })
  return { desk, inTurn, gate, clock, looked: () => looked }
}

it('households are saved while a grid is looked at; of two that were looked at the first is taken in', async () => {
  const { desk, inTurn, gate } = await setUp()
  const imports = Promise.allSettled([desk.import(SOUND, HOW, USER), desk.import(SOUND, HOW, USER)])
  expect(await inTurn(async () => 'saved')).toBe('saved')
  gate.resolve()
  expect(await imports).toMatchObject([
    { status: 'fulfilled', value: { version: 1 } },
    { status: 'rejected', reason: { code: 'CONFLICT_RETRY' } }
  ])
  expect(desk.state().version).toBe(1)
})

it('two files wait at most, and there is room again afterwards', async () => {
  const { desk, gate } = await setUp()
  const looks = [1, 2, 3].map(() => desk.preview(SOUND, 'wgs84'))
  await expect(desk.preview(SOUND, 'wgs84')).rejects.toMatchObject({ code: 'GRID_LOOK_FAILED' })
  await expect(desk.import(SOUND, HOW, USER)).rejects.toMatchObject({ code: 'GRID_LOOK_FAILED' })
  gate.resolve()
  await Promise.all(looks)
  expect(await desk.preview(SOUND, 'wgs84')).toMatchObject({ levels: [1, 4, 16] })
})

it('a file that does not have its turn in time is refused with the reason, and is not looked at for nobody; the others go on', async () => {
  const { desk, gate, clock, looked } = await setUp()
  const [first, ...waiting] = [1, 2, 3].map(() => desk.preview(SOUND, 'wgs84'))
  const refused = Promise.allSettled(waiting)
  await clock.advance(44_000)
  const later = desk.preview(SOUND, 'wgs84').catch((error: unknown) => error)
  await clock.advance(1_000)
  expect(await refused).toMatchObject([1, 2].map(() => ({ reason: { code: 'GRID_LOOK_FAILED' } })))
  const last = desk.preview(SOUND, 'wgs84')
  gate.resolve()
  expect(await first).toMatchObject({ levels: [1, 4, 16] })
  expect(await last).toMatchObject({ levels: [1, 4, 16] })
  expect(await later).toMatchObject({ code: 'GRID_LOOK_FAILED' })
  expect(looked()).toBe(2)
  expect(clock.pending).toBe(0)
})
