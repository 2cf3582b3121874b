/** The sketch's geometry: metres, views, labels, hostile layers. */
import { describe, expect, it } from 'vitest'
import { densify, labelsOf, type Point, ringsOf, streetsOf, viewOf } from './sketch-geometry.ts'

const origin = { lat: 27, lon: 119 }
const line = (coordinates: unknown, properties: unknown = { name: '人民路', widthM: 22 }) => ({
  type: 'FeatureCollection',
  features: [{ type: 'Feature', properties, geometry: { type: 'LineString', coordinates } }]
})

describe('sketch geometry', () => {
  it('turns degrees into metres to the east and south', () => {
    const [street] = streetsOf(
      line([
        [119, 27],
        [119, 26.999]
      ]),
      origin
    )
    expect(street).toMatchObject({ name: '人民路', widthM: 22 })
    expect(street?.points[1]?.[0]).toBeCloseTo(0)
    expect(street?.points[1]?.[1]).toBeCloseTo(111.2, 0)
  })

  it('leaves out what it does not understand', () => {
    for (const layer of [
      undefined,
      null,
      7,
      {},
      { features: 'x' },
      { features: [{}, { geometry: { type: 'LineString', coordinates: 'x' } }] }
    ]) {
      expect(streetsOf(layer, origin)).toEqual([])
      expect(ringsOf(layer, origin, { x: 0, y: 0, width: 1, height: 1 })).toEqual([])
    }
    expect(
      streetsOf(
        line(
          [
            [119, 27],
            ['a', 2],
            [119.001, 27]
          ],
          null
        ),
        origin
      )[0]?.points
    ).toHaveLength(2)
  })

  it('holds all points in the shape asked for, never closer than the least width', () => {
    const flat: Point[] = [
      [0, 0],
      [10, 0]
    ]
    expect(viewOf(flat, { width: 200, height: 100, coveredTop: 0 }, 300)).toEqual({
      x: -145,
      y: -75,
      width: 300,
      height: 150
    })
    const far = viewOf(
      [
        [0, 0],
        [0, 1_000]
      ],
      { width: 100, height: 100, coveredTop: 0 },
      300
    )
    expect(far.height).toBeGreaterThan(1_000)
    expect(far.y).toBeLessThan(0)
  })

  it('keeps the marks below the card on top', () => {
    const view = viewOf(
      [
        [0, 0],
        [0, 400]
      ],
      { width: 390, height: 270, coveredTop: 90 },
      300
    )
    const cardBottom = view.y + (90 / 270) * view.height
    expect(cardBottom).toBeLessThan(0)
    expect(view.y + view.height).toBeGreaterThan(400)
  })

  it('writes along a flat street, below each other on a steep one, and away from the marks', () => {
    const view = { x: -200, y: -200, width: 400, height: 400 }
    const flat = densify(
      {
        name: '青石大街',
        widthM: 20,
        points: [
          [-300, 20],
          [300, 20]
        ]
      },
      20
    )
    const steep = densify(
      {
        name: '人民路',
        widthM: 20,
        points: [
          [60, -300],
          [60, 300]
        ]
      },
      20
    )
    const again = { ...flat, points: flat.points.map(([x, y]): Point => [x + 80, y]) }
    const labels = labelsOf([flat, steep, again], view, [[0, 20]])
    expect(labels.map(label => label.name)).toEqual(['青石大街', '人民路'])
    expect(labels[0]?.angle).toBeCloseTo(0)
    expect(labels[1]?.angle).toBeUndefined()
    for (const label of labels) expect(Math.hypot(label.at[0], label.at[1] - 20)).toBeGreaterThan(60)
  })
})
