/** Draws a scene of symbols on a canvas above the map and remembers where each lies, for the pointer. */

import type { GeoPoint, Position } from '../../../../../gateway/core/geo.ts'
import type { Incident } from '../../../../../gateway/core/incident.ts'
import type { Unit } from '../../../../../gateway/core/unit.ts'
import type { CameraView } from '../../../../../gateway/core/wire.ts'
import { scaleNow } from '../../../ui/scale.ts'
import { isLost } from '../map-data.ts'
import type { Columns } from './columns.ts'
import type { Gathered, View } from './gather.ts'
import {
  AMBER,
  type CameraLook,
  type ClusterKind,
  clusterSize,
  type Ink,
  inkOf,
  paintCamera,
  paintCluster,
  paintPriority,
  paintUnit
} from './glyphs.ts'
import { drawNames } from './name-painter.ts'
import { contextOf, createSprites, type Sprite, type Sprites, stamp } from './sprites.ts'

/** What lies under the pointer. */
export type Target =
  | { readonly kind: 'camera' | 'unit' | 'incident'; readonly id: string }
  /** Mercator of its middle. */
  | { readonly kind: 'cluster'; readonly x: number; readonly y: number }

export interface Hit {
  readonly x: number
  readonly y: number
  readonly target: Target
}

/** Of a vehicle in alarm, and how old its place is. */
export interface Plate {
  readonly name: string
  readonly note: string
  readonly stale: boolean
}

/** An incident that is drawn as a pin above the canvas; its vehicle's plate is written as names of units are. */
export interface PinShown {
  readonly place: GeoPoint
  readonly selected: boolean
  readonly plate?: Plate | undefined
}

export interface Scene {
  readonly view: View
  readonly cameras: { readonly columns: Columns<CameraView>; readonly gathered: Gathered; readonly sectors: boolean }
  readonly units: {
    readonly columns: Columns<Unit>
    readonly gathered: Gathered
    /** Positions of those whose names are written where there is room, the most wanted first. */
    readonly named: readonly number[]
  }
  /** The most wanted first. */
  readonly pins: readonly PinShown[]
  readonly incidents: { readonly columns: Columns<Incident>; readonly gathered: Gathered }
  isOpen(cameraId: string): boolean
  /** How old a unit's position is, in words, or what it does; `stale` draws it dashed. */
  noteOf(unit: Unit, position: Position): { readonly note: string; readonly stale: boolean }
}

export interface Painter {
  paint(scene: Scene): readonly Hit[]
}

/** How far a camera is drawn to see. */
const SECTOR_M = 48
const EQUATOR_M = 40_075_016.686
/** Headings a unit's arrow is painted for. */
const TURN_DEG = 15
/** Where there are many cameras there are many units: the ones lie below, the others above. */
const ASIDE_PX = 14

export function createPainter(canvas: HTMLCanvasElement): Painter {
  const context = contextOf(canvas)
  let ratio = 0
  let ink: Ink | undefined
  let sprites: Sprites | undefined
  return {
    paint(scene) {
      const { width, height } = scene.view
      const now = (window.devicePixelRatio || 1) * scaleNow()
      if (!sprites || !ink || ratio !== now) {
        ratio = now
        ink = inkOf(canvas)
        sprites = createSprites(ratio, ink.font, [ink.tx1, ink.tx2])
      }
      const [wide, high] = [Math.round(width * ratio), Math.round(height * ratio)]
      if (canvas.width !== wide || canvas.height !== high) {
        canvas.width = wide
        canvas.height = high
        canvas.style.width = `${width}px`
        canvas.style.height = `${height}px`
      }
      context.setTransform(ratio, 0, 0, ratio, 0, 0)
      context.clearRect(0, 0, width, height)
      const hits: Hit[] = []
      const put: Put[] = []
      const stamper = stamperOf(scene.view, hits, put)
      drawCameras(context, scene, stamper, sprites, ink)
      drawUnits(scene, stamper, sprites, ink)
      drawIncidents(scene, stamper, sprites, ink)
      drawNames(scene, hits, sprites, stamper.put)
      // By pixels of the screen, without smoothing: what lies between two of them is scaled at several times the price, and blurred.
      context.setTransform(1, 0, 0, 1, 0, 0)
      context.imageSmoothingEnabled = false
      for (const { sprite, x, y } of put) stamp(context, sprite, x * ratio, y * ratio)
      return hits
    }
  }
}

interface Put {
  readonly sprite: Sprite
  readonly x: number
  readonly y: number
}

interface Stamper {
  at(columns: Columns<unknown>, index: number): readonly [x: number, y: number]
  put(sprite: Sprite, x: number, y: number, target?: Target): void
  /** `asideY` moves them away from clusters of another kind at the same place. */
  clusters(gathered: Gathered, asideY: number, paint: (text: string, marked: boolean) => Sprite): void
}

/** What is stamped comes into `all`, the lowest first. */
function stamperOf(view: View, hits: Hit[], all: Put[]): Stamper {
  const put: Stamper['put'] = (sprite, x, y, target) => {
    all.push({ sprite, x, y })
    if (target) hits.push({ x, y, target })
  }
  return {
    put,
    at: ({ x, y }, index) => [
      ((x[index] as number) - view.left) * view.scale,
      ((y[index] as number) - view.top) * view.scale
    ],
    clusters({ clusters }, asideY, paint) {
      for (const { x, y, count, marked } of clusters) {
        const place = { x: view.left + x / view.scale, y: view.top + y / view.scale }
        put(paint(countOf(count), marked > 0), x, y + asideY, { kind: 'cluster', ...place })
      }
    }
  }
}

/** 9,999 and above as 12k: a symbol has no room for more. */
function countOf(count: number): string {
  return count < 10_000 ? String(count) : `${Math.round(count / 1_000)}k`
}

function clusterSprite(sprites: Sprites, kind: ClusterKind, text: string, mark: string, ink: Ink): Sprite {
  const [width, height] = clusterSize(kind, text)
  return sprites.get(`${kind}:${text}:${mark}`, width, height, context => paintCluster(context, kind, text, mark, ink))
}

function drawCameras(
  context: CanvasRenderingContext2D,
  { cameras: { columns, gathered, sectors }, view, isOpen }: Scene,
  stamper: Stamper,
  sprites: Sprites,
  ink: Ink
): void {
  if (sectors) drawSectors(context, columns, gathered, view, isOpen)
  const lookOf = (camera: CameraView): CameraLook => (isOpen(camera.id) ? 'open' : isLost(camera) ? 'lost' : 'seen')
  for (const index of gathered.singles) {
    const camera = columns.items[index] as CameraView
    const look = lookOf(camera)
    const sprite = sprites.get(`camera:${look}`, 12, 12, each => paintCamera(each, look, ink))
    stamper.put(sprite, ...stamper.at(columns, index), { kind: 'camera', id: camera.id })
  }
  stamper.clusters(gathered, ASIDE_PX, (text, marked) =>
    clusterSprite(sprites, 'cameras', text, marked ? AMBER : '', ink)
  )
}

/** Fields of view as two paths, one for the cameras of the open incident. */
function drawSectors(
  context: CanvasRenderingContext2D,
  columns: Columns<CameraView>,
  { singles }: Gathered,
  view: View,
  isOpen: Scene['isOpen']
): void {
  for (const open of [false, true]) {
    context.beginPath()
    for (const index of singles) {
      const camera = columns.items[index] as CameraView
      const { yawDeg, fovDeg } = camera
      if (yawDeg === undefined || fovDeg === undefined || isOpen(camera.id) !== open) continue
      const x = ((columns.x[index] as number) - view.left) * view.scale
      const y = ((columns.y[index] as number) - view.top) * view.scale
      const radius = (SECTOR_M * view.scale) / (EQUATOR_M * Math.cos((camera.position.lat * Math.PI) / 180))
      if (radius < 8) continue
      // A canvas counts from east, a camera from north.
      const from = ((yawDeg - fovDeg / 2 - 90) * Math.PI) / 180
      context.moveTo(x, y)
      context.arc(x, y, radius, from, from + (fovDeg * Math.PI) / 180)
      context.closePath()
    }
    context.fillStyle = open ? 'rgb(255 255 255 / 28%)' : 'rgb(174 184 193 / 11%)'
    context.fill()
  }
}

function drawUnits(
  { units: { columns, gathered }, noteOf }: Scene,
  stamper: Stamper,
  sprites: Sprites,
  ink: Ink
): void {
  stamper.clusters(gathered, -ASIDE_PX, text => clusterSprite(sprites, 'units', text, '', ink))
  for (const index of gathered.singles) {
    const unit = columns.items[index] as Unit
    if (!unit.position) continue
    const { stale } = noteOf(unit, unit.position)
    const turn = Math.round((unit.position.headingDeg ?? 0) / TURN_DEG) * TURN_DEG
    const sprite = sprites.get(`unit:${unit.state}:${stale}:${turn}`, 22, 22, each =>
      paintUnit(each, unit.state, stale, turn, ink)
    )
    stamper.put(sprite, ...stamper.at(columns, index), { kind: 'unit', id: unit.id })
  }
}

function drawIncidents(
  { incidents: { columns, gathered } }: Scene,
  stamper: Stamper,
  sprites: Sprites,
  ink: Ink
): void {
  const red = ink.priorities[0] ?? ''
  const mark = (marked: boolean) => (marked ? red : (ink.priorities[1] ?? ''))
  stamper.clusters(gathered, 0, (text, marked) => clusterSprite(sprites, 'incidents', text, mark(marked), ink))
  for (const index of gathered.singles) {
    const { id, priority } = columns.items[index] as Incident
    const sprite = sprites.get(`incident:${priority}`, 24, 24, each => paintPriority(each, priority, ink))
    stamper.put(sprite, ...stamper.at(columns, index), { kind: 'incident', id })
  }
}
