/** The registry of the simulated town: households, premises, elderly, taxis, sources, cameras, units, as rows of gateway/core/unit.ts. */
import { createHash } from 'node:crypto'
import { Addresses } from './addresses.ts'
import { cells } from './map.ts'
import {
  CAMERAS_WITH_SOUND,
  ELDERLY,
  FLEET,
  NEIGHBOURS,
  type Person,
  PREMISES,
  PRIVATE_CAMERAS,
  SPEAKS_905,
  SPEAKS_MQTT,
  TAXIS,
  UDP_CAMERAS,
  UNITS
} from './people.ts'
import { lonLatOf, type Plan } from './plan.ts'

type Row = Readonly<Record<string, unknown>>

export interface TownRegistry {
  readonly site: Row
  readonly groups: readonly Row[]
  readonly subjects: readonly Row[]
  readonly sources: readonly Row[]
  readonly cameras: readonly Row[]
  readonly units: readonly Row[]
  readonly grid: string
}

export function registryOf(plan: Plan): TownRegistry {
  const addresses = new Addresses(plan)
  const homes = households(plan, addresses)
  const subjects = [...homes, ...premises(plan, addresses), ...elderly(plan, addresses), ...taxis()]
  return {
    site: {
      code: 'linxi',
      name: '临溪县',
      centre: '临溪县监控中心',
      timeZone: 'Asia/Shanghai',
      center: pointOf(plan, plan.size[0] / 2, plan.size[1] / 2)
    },
    groups: NEIGHBOURS.map(({ id, name }) => ({ id, name })),
    subjects,
    sources: sources(plan),
    cameras: cameras(plan),
    units: UNITS.map(({ cell, ...unit }) => ({
      ...unit,
      gridCellId: cell,
      rota: unit.unitClass === 'auxiliary' ? undefined : SHIFTS
    })),
    grid: '../grid/cells.geojson'
  }
}

const EVERY_DAY = [1, 2, 3, 4, 5, 6, 7]
/** 两班: the same people rest, the unit is always somebody's turn. The auxiliaries come when they can. */
const SHIFTS = [
  { days: EVERY_DAY, from: '08:00', to: '20:00' },
  { days: EVERY_DAY, from: '20:00', to: '08:00' }
]

const two = (n: number) => String(n).padStart(2, '0')
/** `6650101` … `6650140`. */
export const householdNumber = (n: number) => `66501${two(n)}`
/** Twelve digits that begin with 000: no mobile number. */
const taxiSource = (car: string, n: number) =>
  car === SPEAKS_MQTT ? `mqtt:linxi/taxi-${two(n)}` : `${car === SPEAKS_905 ? 'jt905' : 'jt808'}:${taxiPhone(car)}`

export const taxiPhone = (car: string) => `000139${car.slice(1).padStart(6, '0')}`

function pointOf(plan: Plan, x: number, y: number) {
  const [lon, lat] = lonLatOf(plan, x, y)
  return { lat, lon, datum: 'wgs84' as const }
}

function cellAt(plan: Plan, x: number, y: number): string | undefined {
  return cells(plan).find(({ edges: [x0, y0, x1, y1] }) => x >= x0 && x < x1 && y >= y0 && y < y1)?.id
}

/** Who agreed that these data are kept, in the month in which the town was registered. */
const agreed = (by: string, relation: string, n: number): Row => ({
  consent: { by, relation, on: `2026-10-${two(8 + ((n * 3) % 20))}` }
})
/** Two households have not been asked yet. */
const NOT_ASKED = [9, 25]

function personRow({ name, about, medicalNote, accessNote, phrases, contacts }: Person): Row {
  return {
    name,
    description: about,
    ...(medicalNote ? { medicalNote } : {}),
    ...(accessNote ? { accessNote } : {}),
    ...(phrases ? { phrases: { safe: phrases[0], duress: phrases[1] } } : {}),
    ...(contacts ? { contacts: contacts.map(([who, relation, phone]) => ({ name: who, relation, phone })) } : {})
  }
}

function households(plan: Plan, addresses: Addresses): Row[] {
  return NEIGHBOURS.flatMap(({ id: groupId, block, people }, group) => {
    const homes = addresses.homes(...block)
    const flats = homes.filter(home => home.flats)
    const gate = flats.length > 0 ? addresses.gate(...block) : ''
    return people.map((person, index) => {
      const n = group * 10 + index + 1
      const [building, entrance, room] = person.flat ?? [
        (index % Math.max(1, flats.length)) + 1,
        (index % 3) + 1,
        `${((index * 5) % 6) + 1}0${(index % 2) + 1}`
      ]
      const home = flats[building - 1] ?? homes[Math.floor((index * homes.length) / people.length)]
      if (!home) throw new Error(`no house for household ${n}`)
      const address = flats.length > 0 ? `${gate} ${building} 栋 ${entrance} 单元 ${room}` : addresses.house(home)
      return {
        id: `household-${two(n)}`,
        kind: 'household',
        address,
        position: pointOf(plan, home.x, home.y),
        phone: householdNumber(n),
        ...personRow(person),
        ...(NOT_ASKED.includes(n) ? {} : agreed(person.name, '本人', n)),
        groupId,
        gridCellId: cellAt(plan, home.x, home.y)
      }
    })
  })
}

function premises(plan: Plan, addresses: Addresses): Row[] {
  return PREMISES.map(({ name, x, y, keeper, street, about, accessNote }, index) => ({
    id: `premises-${two(index + 1)}`,
    kind: 'premises',
    name,
    address: addresses.house({ x, y }, street),
    position: pointOf(plan, x, y),
    phone: `66502${two(index + 1)}`,
    description: about,
    ...(accessNote ? { accessNote } : {}),
    contacts: [{ name: keeper, relation: '负责人', phone: `000150000${two(index + 1)}` }],
    ...agreed(keeper, '负责人', index),
    gridCellId: cellAt(plan, x, y)
  }))
}

function elderly(plan: Plan, addresses: Addresses): Row[] {
  return ELDERLY.map((person, index) => ({
    id: `elder-${two(index + 1)}`,
    kind: 'household',
    address: addresses.house(person),
    position: pointOf(plan, person.x, person.y),
    phone: `66503${two(index + 1)}`,
    ...personRow(person),
    ...agreed(person.name, '本人', index),
    gridCellId: cellAt(plan, person.x, person.y)
  }))
}

/** Every driver agrees on his own with the desk; three of them stand here as examples. */
const TAXI_PHRASES = [
  { safe: '下一单去火车站', duress: '下一单去飞机场' },
  { safe: '车上刚换过座套', duress: '车上刚洗过座套' },
  { safe: '晚班我来接', duress: '晚班小李接' }
]

function taxis(): Row[] {
  return TAXIS.map(([car, driver], index) => ({
    id: `taxi-${two(index + 1)}`,
    kind: 'vehicle',
    name: plateOf(car),
    address: '临溪平安出租',
    description: `司机 ${driver}`,
    ...(TAXI_PHRASES[index] ? { phrases: TAXI_PHRASES[index] } : {}),
    ...(car === SPEAKS_905 || car === SPEAKS_MQTT ? {} : { cameras: [{ channel: 1, name: '车内' }] }),
    fleetId: FLEET
  }))
}

/** `闽J·T0637`: the county's letter and the car's number. */
export const plateOf = (car: string) => `闽J·${car}`

/** Two of the old people wear a watch, one a pendant; the second has not agreed that it tells where she is. */
function watches(plan: Plan): Row[] {
  const fence = (index: number) => {
    const { x, y } = ELDERLY[index] as (typeof ELDERLY)[number]
    return { name: '住处周边', circle: { center: pointOf(plan, x, y), radiusM: 150 } }
  }
  const consent = { by: '本人', relation: '本人', on: '2026-11-02' }
  return [
    { ...source('mqtt:linxi/watch-01', 'elder-01', 'oneKeyCall', '定位手表'), locator: { consent, fence: fence(0) } },
    { ...source('mqtt:linxi/watch-02', 'elder-02', 'oneKeyCall', '定位手表'), locator: { fence: fence(1) } },
    // A pendant that speaks JT/T 808; his daughter has agreed for him.
    {
      ...source('jt808:000139900001', 'elder-06', 'oneKeyCall', '定位吊坠'),
      locator: { consent: { by: '李萍', relation: '女儿', on: '2026-11-09' }, fence: fence(5) }
    }
  ]
}

function sources(plan: Plan): Row[] {
  return [
    ...range(40).map(n => source(`sip:${householdNumber(n)}`, `household-${two(n)}`, 'panicPhone', '固话 #9')),
    ...SIP_PHONES.map((premises, i) =>
      source(`sip:66504${two(i + 1)}`, `premises-${two(premises)}`, 'panicPhone', 'SIP 话机，TLS 注册')
    ),
    // In the yard's gatehouse: whoever calls from it is one of two households, and nobody guesses which.
    { ...source('sip:6650601', 'household-13', 'panicPhone', '院门口公用电话'), alsoSubjectIds: ['household-14'] },
    source('sip:6650501', 'household-03', 'detector', '拨号报警器（门磁）'),
    ...DRIVERS.map(n => source(`sip:0001380${two(n)}88`, `taxi-${two(n)}`, 'taxi', '司机电话')),
    ...range(20).map(n => source(`mqtt:linxi/box-${two(n)}`, `premises-${two(n)}`, 'alarmBox', '报警主机')),
    ...PANELS.map((account, i) => source(`dc09:${account}`, `premises-${21 + i}`, 'alarmBox', 'DC-09 报警主机')),
    ...range(10).map(n => source(`mqtt:linxi/button-${two(n)}`, `elder-${two(n)}`, 'oneKeyCall', '一键通')),
    ...watches(plan),
    ...TAXIS.map(([car], i) => source(taxiSource(car, i + 1), `taxi-${two(i + 1)}`, 'taxi', '车载终端')),
    // The guard's button at the alarm input of the camera beside him.
    {
      ...source(`onvif:${endpointOf('camera-15')}/AlarmIn_1`, 'premises-02', 'alarmBox', '摄像机报警输入'),
      alarmClass: 'panic'
    }
  ]
}

/** A shop's box, and a village's that sends receiver and prefix. */
const PANELS = ['1021', '2.1/0A22'] as const
/** Premises with a SIP telephone of their own: the old people's home, the petrol station, the goldsmith. */
const SIP_PHONES = [16, 11, 5] as const
/** Drivers whose own telephones are known. */
const DRIVERS = [7, 30] as const
const range = (count: number) => Array.from({ length: count }, (_, index) => index + 1)
const source = (id: string, subjectId: string, kind: string, label: string): Row => ({ id, subjectId, kind, label })

function cameras(plan: Plan): Row[] {
  return plan.cameras.map(({ name, x, y, yawDeg, fovDeg, infrared }, index) => {
    const id = `camera-${two(index + 1)}`
    return {
      id,
      name,
      position: pointOf(plan, x, y),
      yawDeg: (yawDeg + 360) % 360,
      fovDeg,
      infrared,
      ownership: PRIVATE_CAMERAS.has(name) ? 'private' : 'public',
      gridCellId: cellAt(plan, x, y),
      onvif: { endpoint: endpointOf(id) },
      ...(CAMERAS_WITH_SOUND.has(name) ? { audio: true } : {}),
      ...(UDP_CAMERAS.has(name) ? { transport: 'udp' } : {}),
      credential: 'cameras'
    }
  })
}

/** A UUID of its own for every simulated camera, the same on every machine (RFC 9562, version 8: made by our own rule). */
export function endpointOf(cameraId: string): string {
  const hex = createHash('sha256').update(`pingan-gateway/${cameraId}`).digest('hex')
  const uuid = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`
  return `urn:uuid:${uuid}`
}
