/** A small map of the streets around the team and the place it goes to; drawn as one SVG, readable in sun and without a network. */
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Priority } from '../../../../gateway/core/priority.ts'
import { PriorityShape } from '../../ui/priority.tsx'
import { metresFrom } from './bearing.ts'
import {
  densify,
  type LatLon,
  labelsOf,
  type Point,
  ringsOf,
  type StreetLabel,
  streetsOf,
  viewOf
} from './sketch-geometry.ts'
import { useMapInfo } from './use-map-info.ts'
import './sketch.css'

export interface SketchProps {
  readonly own?: (LatLon & { readonly headingDeg?: number }) | undefined
  readonly target?: (LatLon & { readonly priority: Priority }) | undefined
  /** CSS pixels. */
  readonly height: number
  /** CSS pixels; a phone's unless given. */
  readonly width?: number
  /** Takes the height of its box instead; width and height then only give the shape. */
  readonly fill?: boolean
  /** Covered by a card on top, CSS pixels. */
  readonly coveredTop?: number
}

const PHONE_WIDTH = 390
const LEAST_M = 330

export function Sketch({ own, target, height, width = PHONE_WIDTH, fill, coveredTop = 0 }: SketchProps) {
  const { t } = useTranslation()
  const map = useMapInfo()
  const origin: LatLon | undefined = target ?? own ?? map?.center
  // The picture stands still while the team moves a few metres: rounding keeps the memo.
  const ownKey = own && `${own.lat.toFixed(4)},${own.lon.toFixed(4)}`
  const drawn = useMemo(() => {
    if (!origin) return undefined
    const [lat, lon] = ownKey?.split(',').map(Number) ?? []
    const marks: Point[] = [
      [0, 0],
      ...(lat !== undefined && lon !== undefined ? [metresFrom(origin, { lat, lon })] : [])
    ]
    const view = viewOf(marks, { width, height, coveredTop }, (LEAST_M * width) / PHONE_WIDTH)
    const streets = streetsOf(map?.layers.streets, origin)
    return {
      view,
      streets,
      buildings: ringsOf(map?.layers.buildings, origin, view),
      water: ringsOf(map?.layers.water, origin, view),
      parks: ringsOf(map?.layers.parks, origin, view),
      labels: labelsOf(
        streets.map(street => densify(street, 25)),
        view,
        marks
      )
    }
  }, [origin, ownKey, map, height, width, coveredTop])

  const style = { height: fill ? '100%' : height }
  if (!origin || !drawn) return <div className="sketch" style={style} />
  const { view } = drawn
  const scale = view.width / width
  const ownAt = own && metresFrom(origin, own)
  return (
    <svg
      className="sketch"
      viewBox={`${view.x} ${view.y} ${view.width} ${view.height}`}
      style={style}
      preserveAspectRatio="xMidYMid slice"
      role="img"
      aria-label={t('patrol:map')}
    >
      <rect className="ground" x={view.x} y={view.y} width={view.width} height={view.height} />
      {rings(drawn.parks, 'park')}
      {rings(drawn.water, 'water')}
      {rings(drawn.buildings, 'building')}
      {[...new Set(drawn.streets.map(street => street.widthM))].map(widthM => (
        <path
          key={widthM}
          className={widthM > 15 ? 'street wide' : 'street'}
          d={drawn.streets
            .filter(street => street.widthM === widthM)
            .map(street => `M${pointsOf(street.points)}`)
            .join('')}
          strokeWidth={widthM}
        />
      ))}
      {drawn.labels.map(label => (
        <Label key={label.name} label={label} scale={scale} />
      ))}
      {ownAt && target && (
        <line
          className="way"
          x1={ownAt[0]}
          y1={ownAt[1]}
          x2={0}
          y2={0}
          strokeWidth={3 * scale}
          strokeDasharray={`${7 * scale} ${6 * scale}`}
        />
      )}
      {target && (
        <g transform={`scale(${scale})`}>
          <circle className="ring" r="34" />
          <circle className="halo" r="21" />
          <g transform="translate(-17 -17)">
            <PriorityShape priority={target.priority} size={34} />
          </g>
        </g>
      )}
      {ownAt && (
        <g transform={`translate(${ownAt[0]} ${ownAt[1]}) scale(${scale}) rotate(${own.headingDeg ?? 0})`}>
          <path className="own" d="M0 -15 10 11 0 5 -10 11z" />
        </g>
      )}
    </svg>
  )
}

function pointsOf(points: readonly Point[]): string {
  return points.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')
}

function rings(list: readonly (readonly Point[])[], className: string) {
  // One path for hundreds of houses: the phone draws it at once.
  return <path className={className} d={list.map(ring => `M${pointsOf(ring)}z`).join('')} />
}

function Label({ label, scale }: { readonly label: StreetLabel; readonly scale: number }) {
  const [x, y] = label.at
  const size = 12 * scale
  if (label.angle !== undefined)
    return (
      <text
        className="street-name"
        x={x}
        y={y}
        fontSize={size}
        dy="0.35em"
        textAnchor="middle"
        transform={`rotate(${label.angle} ${x} ${y})`}
      >
        {label.name}
      </text>
    )
  const count = [...label.name].length
  const letters = [...label.name].map((letter, index) => ({ letter, at: y + (index - (count - 1) / 2) * size * 1.15 }))
  return (
    <text className="street-name" fontSize={size} textAnchor="middle">
      {letters.map(({ letter, at }) => (
        <tspan key={at} x={x} y={at}>
          {letter}
        </tspan>
      ))}
    </text>
  )
}
