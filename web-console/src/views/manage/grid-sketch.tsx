/** A fault of the grid on a small map: the cells around, what is wrong filled, and a ring where something small would be missed. */
import { useTranslation } from 'react-i18next'
import type { GridFault, GridRing } from '../../../../gateway/core/grid-wire.ts'

const SIZE = 320
const EDGE = 18
/** Narrower than this, in CSS px, is found by the ring around it only. */
const SMALL_PX = 14
const RAD = Math.PI / 180

export function GridSketch({ fault: { shape = [], around = [], at } }: { readonly fault: GridFault }) {
  const { t } = useTranslation()
  const all = [...shape, ...around.map(each => each.ring)].flat()
  if (all.length === 0) return null
  const lon = all.map(point => point[0])
  const lat = all.map(point => point[1])
  const [west, east] = [Math.min(...lon), Math.max(...lon)]
  const [south, north] = [Math.min(...lat), Math.max(...lat)]
  const shrink = Math.cos(((south + north) / 2) * RAD)
  const scale = (SIZE - 2 * EDGE) / Math.max((east - west) * shrink, north - south, 1e-9)
  const [middleX, middleY] = [(west + east) / 2, (south + north) / 2]
  const place = (x: number, y: number) =>
    [SIZE / 2 + (x - middleX) * shrink * scale, SIZE / 2 - (y - middleY) * scale] as const
  const path = (ring: GridRing) =>
    `M${ring
      .map(([x, y]) =>
        place(x, y)
          .map(each => each.toFixed(1))
          .join(' ')
      )
      .join('L')}Z`
  const drawn = shape.flat().map(([x, y]) => place(x, y))
  const span = (n: 0 | 1) => Math.max(...drawn.map(each => each[n])) - Math.min(...drawn.map(each => each[n]))
  const isSmall = drawn.length === 0 || Math.min(span(0), span(1)) < SMALL_PX
  const spot = at && place(at[0], at[1])
  return (
    <svg className="mng-sketch" viewBox={`0 0 ${SIZE} ${SIZE}`} role="img" aria-label={t('manage:grid.sketch')}>
      {around.map(({ code, ring }) => (
        <path key={code} className="cell" d={path(ring)} />
      ))}
      {shape.length > 0 && <path className="wrong" fillRule="evenodd" d={shape.map(path).join('')} />}
      {around.map(({ code, ring }) => {
        const points = ring.map(([x, y]) => place(x, y))
        const x = points.reduce((sum, each) => sum + each[0], 0) / points.length
        const y = points.reduce((sum, each) => sum + each[1], 0) / points.length
        return (
          <text key={code} x={x} y={y}>
            {code}
          </text>
        )
      })}
      {spot && isSmall && <circle cx={spot[0]} cy={spot[1]} r={SMALL_PX} />}
    </svg>
  )
}
