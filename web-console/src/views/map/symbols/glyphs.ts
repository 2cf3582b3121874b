/** The shapes on the map, as paths around their middle: the same as those of the legend and the queue. */
import type { Unit } from '../../../../../gateway/core/unit.ts'

export interface Ink {
  readonly tx1: string
  readonly tx2: string
  readonly tx3: string
  readonly ok: string
  readonly line2: string
  readonly priorities: readonly string[]
  readonly font: string
}

/** Colours and font of the page, from its tokens. */
export function inkOf(element: Element): Ink {
  const style = getComputedStyle(element)
  const token = (name: string) => style.getPropertyValue(`--${name}`).trim()
  return {
    tx1: token('tx1'),
    tx2: token('tx2'),
    tx3: token('tx3'),
    ok: token('ok'),
    line2: token('line2'),
    priorities: ['p1', 'p2', 'p3', 'p4', 'p4'].map(token),
    font: `12px ${style.fontFamily}`
  }
}

type Context = CanvasRenderingContext2D
const GROUND = '#0d1114'
export const AMBER = '#f0a830'

export type CameraLook = 'seen' | 'lost' | 'open'

export function paintCamera(context: Context, look: CameraLook, ink: Ink): void {
  context.beginPath()
  context.arc(0, 0, look === 'open' ? 4.4 : 3.2, 0, 2 * Math.PI)
  context.fillStyle = look === 'open' ? '#ffffff' : GROUND
  context.fill()
  context.lineWidth = 1.6
  context.strokeStyle = look === 'lost' ? AMBER : ink.tx2
  context.stroke()
  if (look !== 'lost') return
  // Not by colour alone.
  context.beginPath()
  context.moveTo(-2.4, 2.4)
  context.lineTo(2.4, -2.4)
  context.stroke()
}

const ARROW = new Path2D('M0 -8 7 6 0 2.6 -7 6z')

export function paintUnit(context: Context, state: Unit['state'], stale: boolean, headingDeg: number, ink: Ink): void {
  if (state === 'onScene') {
    context.beginPath()
    context.arc(0, 0, 8, 0, 2 * Math.PI)
    context.fillStyle = ink.ok
    context.fill()
    context.lineWidth = 2
    context.strokeStyle = '#06120f'
    context.stroke(new Path2D('M-3.6 .2-.9 3 4-2.8'))
    return
  }
  context.rotate((headingDeg * Math.PI) / 180)
  context.lineJoin = 'round'
  context.lineWidth = 1.7
  context.strokeStyle = stale ? ink.tx3 : ink.tx1
  if (stale) context.setLineDash([3, 2])
  else {
    context.fillStyle = state === 'enRoute' ? ink.tx1 : GROUND
    context.fill(ARROW)
  }
  context.stroke(ARROW)
}

const OCTAGON = new Path2D('M-4.7 -11h9.4L11 -4.7v9.4L4.7 11h-9.4L-11 4.7v-9.4z')
const TRIANGLE = new Path2D('M0 -10.8 11.4 10H-11.4z')
const DISC = new Path2D()
DISC.arc(0, 0, 11, 0, 2 * Math.PI)
const SQUARE = new Path2D()
SQUARE.rect(-10, -10, 20, 20)

/** Octagon, triangle, disc, square with their digit, three quarters of the size in the queue. */
export function paintPriority(context: Context, priority: number, ink: Ink): void {
  const colour = ink.priorities[priority - 1] ?? ink.tx2
  context.scale(0.8, 0.8)
  const shape = [OCTAGON, TRIANGLE, DISC][priority - 1] ?? SQUARE
  context.fillStyle = priority <= 3 ? colour : GROUND
  context.fill(shape)
  context.strokeStyle = colour
  context.lineWidth = 1.8
  if (priority > 3) context.stroke(shape)
  context.fillStyle = ['#fff', '#1c1302', '#06182a'][priority - 1] ?? ink.tx2
  context.font = ink.font.replace('12px', '700 13px')
  context.textAlign = 'center'
  context.fillText(String(priority), 0, priority === 2 ? 7.2 : 4.6)
}

export type ClusterKind = 'cameras' | 'units' | 'incidents'

/** How wide a cluster of this many is drawn: a ring for cameras, a box with an arrow for units, an eight-sided one for incidents. */
export function clusterSize(kind: ClusterKind, text: string): readonly [width: number, height: number] {
  const digits = text.length * 7.2
  if (kind === 'units') return [digits + 28, 24]
  const side = Math.max(28, digits + 16)
  return [side, side]
}

export function paintCluster(context: Context, kind: ClusterKind, text: string, marked: string, ink: Ink): void {
  const [width, height] = clusterSize(kind, text)
  const [right, bottom] = [width / 2 - 2, height / 2 - 2]
  context.beginPath()
  if (kind === 'cameras') context.arc(0, 0, right, 0, 2 * Math.PI)
  else context.roundRect(-right, -bottom, 2 * right, 2 * bottom, kind === 'units' ? 4 : right / 1.7)
  context.fillStyle = 'rgb(17 22 26 / 90%)'
  context.fill()
  context.lineWidth = kind === 'incidents' ? 2.4 : 1.4
  context.strokeStyle = marked === '' ? ink.tx3 : marked
  context.stroke()
  context.fillStyle = ink.tx1
  context.textBaseline = 'middle'
  context.textAlign = 'center'
  context.fillText(text, kind === 'units' ? 8 : 0, 0.5)
  if (kind !== 'units') return
  context.translate(-right + 10, 0)
  context.scale(0.75, 0.75)
  paintUnit(context, 'available', false, 0, ink)
}
