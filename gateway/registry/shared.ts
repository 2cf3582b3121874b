/** A telephone that several households share: all of them are shown, and none is guessed; pure. */
import { id, protocolOf, type SourceId, type SubjectId } from '../core/brand.ts'
import { distanceM, type GeoPoint } from '../core/geo.ts'
import type { SubjectCard } from '../core/incident.ts'

/** Nearer than this they are one place for whoever goes there. */
const ONE_PLACE_M = 100

interface Sharer {
  readonly subject: SubjectCard
  readonly position?: GeoPoint
}

/** One card for all of them: what is true of every one, and notes with the name of whom they are about. */
export function sharedBy(sourceId: SourceId, all: readonly Sharer[]): Sharer {
  const cards = all.map(({ subject }) => subject)
  const [first] = cards
  const same = <T>(of: (card: SubjectCard) => T | undefined, key: (value: T) => string): T | undefined => {
    const value = first && of(first)
    const every = value !== undefined && cards.every(c => of(c) !== undefined && key(of(c) as T) === key(value))
    return every ? value : undefined
  }
  const notes = (of: (card: SubjectCard) => string | undefined): string | undefined => {
    const written = cards.flatMap(c => (of(c) ? [`${c.name}：${of(c)}`] : []))
    return written.length > 0 ? written.join(' / ') : undefined
  }
  return {
    position: onePlace(all),
    subject: {
      id: id<SubjectId>(`shared:${sourceId}`),
      kind: same(c => c.kind, String) ?? 'household',
      name: unique(cards.map(c => c.name)),
      address: unique(cards.map(c => c.address).filter(address => address !== '')),
      // To call back the number that called is right for each of them.
      phone: protocolOf(sourceId) === 'sip' ? sourceId.slice('sip:'.length) : undefined,
      medicalNote: notes(c => c.medicalNote),
      accessNote: notes(c => c.accessNote),
      gridCell: same(
        c => c.gridCell,
        cell => cell.id
      ),
      group: same(
        c => c.group,
        group => group.id
      ),
      shared: cards.map(({ id, kind, name, address, phone, description, contacts }) => ({
        ...{ id, kind, name, address, phone, description, contacts }
      }))
    }
  }
}

function unique(texts: readonly string[]): string {
  return [...new Set(texts)].join(' / ')
}

/** The middle when all live within a stone's throw of it; else nowhere: a wrong place is worse than none. */
function onePlace(all: readonly Sharer[]): GeoPoint | undefined {
  const points = all.flatMap(({ position }) => position ?? [])
  if (points.length < all.length) return undefined
  const middle: GeoPoint = {
    lat: points.reduce((sum, p) => sum + p.lat, 0) / points.length,
    lon: points.reduce((sum, p) => sum + p.lon, 0) / points.length,
    datum: 'wgs84'
  }
  return points.every(p => distanceM(p, middle) <= ONE_PLACE_M) ? middle : undefined
}
