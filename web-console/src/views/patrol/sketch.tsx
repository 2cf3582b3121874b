/** A small map of the streets around the team and the place it goes to; drawn as one SVG, readable in sun and without a network. */
import { useMemo } from 'react'
import { useTranslation } from 'react-i18next'
import type { Priority } from '../../../../gateway/core/priority.ts'
import type { MapInfo, PatrolWay } from '../../../../gateway/core/wire.ts'
import { PriorityShape } from '../../ui/priority.tsx'
import { metresFrom } from './bearing.ts'
import {
  densify,
  type Frame,
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
  /** Along the roads; without one a dashed line goes straight from one to the other. */
  readonly way?: PatrolWay | undefined
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

export function Sketch({ own, target, way, height, width = PHONE_WIDTH, fill, coveredTop = 0 }: SketchProps) {
  const { t } = useTranslation()
  const map = useMapInfo()
  const origin = useSettled(target ?? own ?? map?.center)
  const near = useSettled(own)
  const frame = useMemo(() => ({ width, height, coveredTop }), [width, height, coveredTop])
  const bends = useBends(way)
  const drawn = useMemo(
    () => origin && drawingOf(map, origin, { own: near, bends }, frame),
    [map, origin, near, bends, frame]
  )

  const style = { height: fill ? '100%' : height }
  if (!origin || !drawn) return <div className="sketch" style={style} />
  const { view } = drawn
  const scale = view.width / width
  return (
    <svg
      className="sketch"
      viewBox={`${view.x} ${view.y} ${view.width} ${view.height}`}
      style={style}
      preserveAspectRatio="xMidYMid slice"
      role="img"
      aria-label={t('patrol:map')}
    >
      {drawn.ground}
      {drawn.labels.map(label => (
        <Label key={label.name} label={label} scale={scale} />
      ))}
      <WayLine
        from={own && metresFrom(origin, own)}
        to={target && [0, 0]}
        by={pointsOf(road(way, origin))}
        scale={scale}
      />
      <Marks own={own} ownAt={own && metresFrom(origin, own)} target={target} scale={scale} />
    </svg>
  )
}

/** The same object while the place moves less than about 10 m, so that the streets are not drawn anew each second. */
function useSettled(place: LatLon | undefined): LatLon | undefined {
  const lat = place && Math.round(place.lat * 1e4) / 1e4
  const lon = place && Math.round(place.lon * 1e4) / 1e4
  return useMemo(() => (lat === undefined || lon === undefined ? undefined : { lat, lon }), [lat, lon])
}

/** The same list while the way is only gone along: the view keeps its bounds until the road ahead is another. */
function useBends(way: PatrolWay | undefined): readonly LatLon[] {
  const ahead = JSON.stringify(way?.by === 'road' ? way.path.slice(1) : [])
  return useMemo(() => (JSON.parse(ahead) as PatrolWay['path']).map(([lon, lat]) => ({ lat, lon })), [ahead])
}

interface Ends {
  readonly own: LatLon | undefined
  /** Of the road ahead. */
  readonly bends: readonly LatLon[]
}

function drawingOf(map: MapInfo | undefined, origin: LatLon, { own, bends }: Ends, frame: Frame) {
  const marks: Point[] = [[0, 0], ...(own ? [metresFrom(origin, own)] : [])]
  const ahead = bends.map(bend => metresFrom(origin, bend))
  const view = viewOf([...marks, ...ahead], frame, (LEAST_M * frame.width) / PHONE_WIDTH)
  const streets = streetsOf(map?.layers.streets, origin)
  const widths = [...new Set(streets.map(street => street.widthM))]
  const ground = (
    <>
      <rect className="ground" x={view.x} y={view.y} width={view.width} height={view.height} />
      {rings(ringsOf(map?.layers.parks, origin, view), 'park')}
      {rings(ringsOf(map?.layers.water, origin, view), 'water')}
      {rings(ringsOf(map?.layers.buildings, origin, view), 'building')}
      {widths.map(widthM => (
        <path
          key={widthM}
          className={widthM > 15 ? 'street wide' : 'street'}
          d={streets
            .filter(street => street.widthM === widthM)
            .map(street => `M${pointsOf(street.points)}`)
            .join('')}
          strokeWidth={widthM}
        />
      ))}
    </>
  )
  const dense = streets.map(street => densify(street, 25))
  return { view, ground, labels: labelsOf(dense, view, marks) }
}

interface MarksProps extends Pick<SketchProps, 'own' | 'target'> {
  readonly ownAt: Point | undefined
  /** Metres a CSS pixel: marks keep their size whatever the view. */
  readonly scale: number
}

const road = (way: PatrolWay | undefined, origin: LatLon): readonly Point[] =>
  way?.by === 'road' ? way.path.map(([lon, lat]) => metresFrom(origin, { lat, lon })) : []

interface WayLineProps {
  readonly from: Point | undefined
  readonly to: Point | undefined
  /** Along the roads; empty: none is known. */
  readonly by: string
  readonly scale: number
}

/** As on the floor's map: solid along the roads, dashed straight where none is known. */
function WayLine({ from, to, by, scale }: WayLineProps) {
  if (by !== '' && to) return <polyline className="way" points={by} strokeWidth={5 * scale} />
  if (!from || !to) return null
  return (
    <polyline
      className="way"
      points={pointsOf([from, to])}
      strokeWidth={3 * scale}
      strokeDasharray={`${7 * scale} ${6 * scale}`}
    />
  )
}

function Marks({ own, ownAt, target, scale }: MarksProps) {
  return (
    <>
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
        <g transform={`translate(${ownAt[0]} ${ownAt[1]}) scale(${scale}) rotate(${own?.headingDeg ?? 0})`}>
          <path className="own" d="M0 -15 10 11 0 5 -10 11z" />
        </g>
      )}
    </>
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
