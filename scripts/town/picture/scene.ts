/** All that one camera can see of the town: faces, sources of light, what throws shadows. */
import type { Plan, PlannedCamera } from '../plan.ts'
import type { Face } from './face.ts'
import { Ground } from './ground.ts'
import { type House, houseFaces, housesOf, riverFaces, shopLights } from './houses.ts'
import { type Blockers, Lights, type Source } from './light.ts'
import { signalFaces, signalPosts } from './signals.ts'
import { crowds, type LampPost, lampFaces, lampPosts, type Tree, treeFaces, trees } from './street.ts'
import { type Vec, type View, viewOf } from './view.ts'

/** Samples across one pixel. */
export const SUPER = 2

export interface Scene {
  readonly plan: Plan
  readonly camera: PlannedCamera
  readonly ground: Ground
  /** In samples, not in pixels. */
  readonly view: View
  readonly faces: readonly Face[]
  readonly houses: readonly House[]
  readonly lamps: readonly LampPost[]
  readonly trees: readonly Tree[]
  readonly lights: Lights
  readonly blockers: Blockers
  /** Roads along this axis have green, the others red. */
  readonly flow: 'x' | 'y'
}

const [HOUSES_M, TREES_M, LAMPS_M, LIT_M] = [460, 170, 330, 240]
const SODIUM: Vec = [1, 0.74, 0.43]

/** `width` and `height` in pixels. */
export function sceneOf(plan: Plan, camera: PlannedCamera, width: number, height: number): Scene {
  const ground = new Ground(plan)
  const view = viewOf(camera, width * SUPER, height * SUPER)
  const seen = within(view)
  const flow = flowAxis(plan, camera, view)
  const houses = housesOf(plan)
  const posts = lampPosts(plan, plan.cameras)
  const planted = trees(plan, ground, posts, plan.cameras)
  const shown = houses.filter(house => seen(middleOf(house), HOUSES_M))
  const faces = [
    ...shown.flatMap(house => houseFaces(house, ground)),
    ...riverFaces(plan).filter(({ points }) => points.some(point => seen(point, 300))),
    ...posts.filter(({ foot }) => seen(foot, LAMPS_M)).flatMap(lampFaces),
    ...signalPosts(plan)
      .filter(({ foot }) => seen(foot, 160) && !crowds(plan.cameras, foot, 15, 4))
      .flatMap(post => signalFaces(post, flow)),
    ...planted.filter(({ at }) => seen(at, TREES_M)).flatMap(tree => treeFaces(tree, leavesFor(tree, camera)))
  ]
  const near = ([x, y]: Vec, limit: number): boolean => Math.hypot(x - camera.x, y - camera.y) < limit
  const blockers: Blockers = {
    boxes: houses
      .filter(house => near(middleOf(house), LIT_M))
      .map(({ x0, y0, x1, y1, heightM }) => [x0, y0, 0, x1, y1, heightM] as const),
    balls: planted
      .filter(({ at }) => near(at, LIT_M))
      .map(({ at, radius, crown }) => [at[0], at[1], crown, radius * 1.08, 0.8] as const)
  }
  const sources = [
    ...posts.filter(({ foot }) => near(foot, LIT_M)).map(streetLight),
    ...houses.filter(house => near(middleOf(house), 150)).flatMap(house => shopLights(house, ground).map(shopLight))
  ]
  const lights = new Lights(sources, blockers)
  return { plan, camera, ground, view, faces, houses: shown, lamps: posts, trees: planted, lights, blockers, flow }
}

/** The wider road near the camera has green; of two alike, the one it looks along. */
function flowAxis(plan: Plan, camera: PlannedCamera, view: View): 'x' | 'y' {
  const near = (list: readonly { readonly at: number; readonly width: number }[], here: number): number =>
    Math.max(0, ...list.filter(({ at }) => Math.abs(at - here) < 45).map(({ width }) => width))
  const ns = near(
    plan.roadsNorthSouth.map(({ x, width }) => ({ at: x, width })),
    camera.x
  )
  const ew = near(
    plan.roadsEastWest.map(({ y, width }) => ({ at: y, width })),
    camera.y
  )
  if (Math.abs(ns - ew) > 3) return ns > ew ? 'y' : 'x'
  return Math.abs(view.forward[0]) > Math.abs(view.forward[1]) ? 'x' : 'y'
}

const middleOf = ({ x0, y0, x1, y1 }: House): Vec => [(x0 + x1) / 2, (y0 + y1) / 2, 0]

function streetLight({ head, strong }: LampPost): Source {
  const power = strong ? 108 : head[2] < 5 ? 26 : 92
  return { at: head, color: [SODIUM[0] * power, SODIUM[1] * power, SODIUM[2] * power], reachM: 38, down: true }
}

const shopLight = ({ at, color }: { readonly at: Vec; readonly color: Vec }): Source => ({
  at,
  color,
  reachM: 10,
  down: false
})

/** Near enough, and not behind the camera by more than a house. */
function within({ eye, forward }: View): (point: Vec, limit: number) => boolean {
  return ([x, y], limit) => {
    const [dx, dy] = [x - eye[0], y - eye[1]]
    return Math.hypot(dx, dy) < limit && dx * forward[0] + dy * forward[1] > -60
  }
}

function leavesFor({ at }: Tree, camera: PlannedCamera): number {
  const distance = Math.hypot(at[0] - camera.x, at[1] - camera.y)
  return distance < 35 ? 2600 : distance < 80 ? 1000 : 320
}
