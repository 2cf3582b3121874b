/** The drawn town agrees with the map: what a camera sees stands where the plan has it, and its loop has no seam. */
import { describe, expect, it } from 'vitest'
import { readPlan } from '../plan.ts'
import { crowdOf } from './crowd.ts'
import { Film } from './film.ts'
import { type Scene, sceneOf } from './scene.ts'
import { drawStill, type Still } from './still.ts'
import type { Thing } from './thing.ts'
import { trafficOf } from './traffic.ts'
import { project, type Vec } from './view.ts'

const plan = readPlan()
const LOOP_S = 12
const [WIDTH, HEIGHT] = [96, 54]
const WATER = -3

function still(number: number): Still {
  const camera = plan.cameras[number - 1]
  if (!camera) throw new Error(`no camera ${number}`)
  return drawStill(sceneOf(plan, camera, WIDTH, HEIGHT))
}

/** What the camera shows at a map point: −3 is water. */
function shownAt({ scene, samples }: Still, point: Vec): number | undefined {
  const seen = project(scene.view, point)
  if (!seen) return undefined
  return samples.face[Math.round(seen[1]) * scene.view.width + Math.round(seen[0])]
}

const places = (things: readonly Thing[]): string[] =>
  things.map(({ at }) => at.map(v => v.toFixed(2)).join(' ')).sort()

describe('the picture of a camera', () => {
  const south = still(8)
  const bridge = still(16)

  it('has the river where the map has it, and none where it has none', () => {
    expect(shownAt(south, [425, 740, -3])).toBe(WATER)
    expect(shownAt(south, [470, 740, 0])).not.toBe(WATER)
    expect([...still(6).samples.face].includes(WATER)).toBe(false)
    expect([...bridge.samples.face].includes(WATER)).toBe(true)
  })

  it('shows houses at the edges of the plan’s buildings', () => {
    const corner = still(2)
    const wall = corner.scene.faces[shownAt(corner, [500, 361, 6]) ?? -1]
    expect(wall?.normal[1]).toBe(1)
    expect(wall?.points.every(([, y]) => y === 361)).toBe(true)
  })

  it('is the same in every run, and lit', () => {
    const again = still(8)
    expect(Buffer.from(again.light.buffer).equals(Buffer.from(south.light.buffer))).toBe(true)
    expect(south.light.reduce((sum, part) => sum + part, 0) / south.light.length).toBeGreaterThan(0.02)
  })

  it('changes only while something moves', () => {
    const film = new Film(bridge.scene, bridge, [], 16)
    const traffic = trafficOf(bridge.scene, LOOP_S)
    const empty = Buffer.from(film.picture([]))
    const full = Buffer.from(film.picture(traffic.moving(0.3)))
    expect(full.equals(empty)).toBe(false)
    expect(Buffer.from(film.picture([])).equals(empty)).toBe(true)
  })
})

describe.each([1, 4, 9, 11, 13, 17])('before camera %i', number => {
  const { scene, ...rest }: Still = still(number)
  const traffic = trafficOf(scene, LOOP_S)
  const crowd = crowdOf({ scene, ...rest }, LOOP_S, number)

  it('the end of the loop meets its beginning', () => {
    expect(places(traffic.moving(0)).length).toBeGreaterThan(0)
    expect(inTown(traffic.moving(1), scene)).toEqual(inTown(traffic.moving(0), scene))
    expect(places(crowd(1))).toEqual(places(crowd(0)))
  })

  it('vehicles keep to the right of their road and go along the green direction', () => {
    for (const { at, heading } of traffic.moving(0.37)) {
      const alongX = heading[0] !== 0
      expect(alongX).toBe(scene.flow === 'x')
      const { off, half } = alongX ? scene.ground.eastWest(at[1]) : scene.ground.northSouth(at[0], at[1])
      const right = alongX ? off * heading[0] : -off * heading[1]
      expect(right).toBeGreaterThan(0)
      expect(right).toBeLessThan(half)
    }
  })

  it('nobody stands in the water, and nobody walks where traffic flows', () => {
    for (const phase of [0, 0.2, 0.45, 0.7, 0.9]) {
      for (const { at } of crowd(phase)) {
        expect(scene.ground.isWater(at[0], at[1])).toBe(false)
        const road = scene.flow === 'x' ? scene.ground.eastWest(at[1]) : scene.ground.northSouth(at[0], at[1])
        expect(Math.abs(road.off)).toBeGreaterThan(road.half)
      }
    }
  })
})

/** Vehicles away from the ends of their rows, where one leaves as another comes. */
function inTown(things: readonly Thing[], { camera }: Scene): string[] {
  return places(things.filter(({ at }) => Math.hypot(at[0] - camera.x, at[1] - camera.y) < 200))
}
