/** Traffic lights at the greater crossings: one direction has green for the whole loop. */
import type { Plan } from '../plan.ts'
import { box, type Face, glowing, plain, type Rgb } from './face.ts'
import type { Vec } from './view.ts'

interface SignalPost {
  readonly foot: Vec
  /** The traffic that it speaks to comes along this axis, and looks this way. */
  readonly axis: 'x' | 'y'
  readonly way: 1 | -1
}

const IRON = plain([0.09, 0.09, 0.09])
const GREEN: Rgb = [0.1, 1, 0.5]
const RED: Rgb = [1, 0.08, 0.04]

/** For each of the four directions a post beyond the crossing, on the right. */
export function signalPosts({ roadsNorthSouth, roadsEastWest }: Plan): SignalPost[] {
  return roadsNorthSouth.flatMap(({ x, width: wide }) =>
    roadsEastWest.flatMap(({ y, width: tall }): SignalPost[] => {
      if (Math.min(wide, tall) < 14 || Math.max(wide, tall) < 16) return []
      const [a, b] = [wide / 2 + 2, tall / 2 + 2]
      return [
        { foot: [x + a, y - b, 0], axis: 'y', way: -1 },
        { foot: [x - a, y + b, 0], axis: 'y', way: 1 },
        { foot: [x + a + 1.4, y + b, 0], axis: 'x', way: 1 },
        { foot: [x - a - 1.4, y - b, 0], axis: 'x', way: -1 }
      ]
    })
  )
}

export function signalFaces({ foot: [x, y], axis, way }: SignalPost, flow: 'x' | 'y'): Face[] {
  const lit = axis === flow ? 2 : 0
  const out = [
    ...box(x - 0.07, y - 0.07, x + 0.07, y + 0.07, 0, 3.2, IRON),
    ...box(x - 0.2, y - 0.2, x + 0.2, y + 0.2, 3.2, 4.4, IRON)
  ]
  for (let lens = 0; lens < 3; lens++) {
    const z = 4.2 - lens * 0.38
    const paint = lens === lit ? glowing(lit === 2 ? GREEN : RED, 2) : plain([0.03, 0.03, 0.03])
    const near = -way * 0.21
    const points = Array.from({ length: 10 }, (_, i): Vec => {
      const [u, v] = [Math.cos((i / 5) * Math.PI) * 0.14, Math.sin((i / 5) * Math.PI) * 0.14]
      return axis === 'x' ? [x + near, y + u, z + v] : [x + u, y + near, z + v]
    })
    out.push({ points, normal: axis === 'x' ? [-way, 0, 0] : [0, -way, 0], paint })
  }
  return out
}
