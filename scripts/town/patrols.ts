/** The six patrols of the town: on duty, on their rounds, and off to the incident when one is offered, until a person takes over. */
import { readFileSync } from 'node:fs'
import type { PatrolCommand, PatrolTask } from '../../gateway/core/wire.ts'
import { junctionNear, Mover, randomOf } from './mover.ts'
import type { Part } from './parts.ts'
import { PatrolClient } from './patrol-client.ts'
import type { Town } from './scenario.ts'

export interface PatrolWays {
  readonly gateway: string
  /** The demo's log-ins, one a line: number, password, who, and the unit in brackets at the end. */
  readonly loginsFile: string
}

export interface Patrols extends Part {
  /** Leaves the unit to a person, or takes it back. Rejects for an unknown unit. */
  manual(unitId: string, manual: boolean): Promise<void>
  readonly units: readonly {
    readonly unitId: string
    readonly name: string
    readonly state: string
    readonly manual: boolean
  }[]
}

export function patrolsPart(town: Town, ways: PatrolWays): Patrols {
  const patrols = town.units.map((unit, index) => new Patrol(unit, index, town, ways))
  return {
    name: 'patrols',
    count: patrols.length,
    get online() {
      return patrols.filter(patrol => patrol.online).length
    },
    get units() {
      return patrols.map(patrol => patrol.status)
    },
    async start() {
      for (const patrol of patrols) patrol.start()
    },
    async stop() {
      for (const patrol of patrols) patrol.stop()
    },
    async manual(unitId, manual) {
      const patrol = patrols.find(one => one.status.unitId === unitId || one.status.name === unitId)
      if (!patrol)
        throw new Error(`there is no unit ${unitId}; there are ${town.units.map(unit => unit.id).join(', ')}`)
      await patrol.setManual(manual)
    }
  }
}

const ASK_AGAIN_MS = 10_000

type Stage = 'offered' | 'enRoute' | 'arrived'

class Patrol {
  private readonly town: Town
  private readonly unit: Town['units'][number]
  private readonly client: PatrolClient
  private readonly mover: Mover
  private readonly random: () => number
  private manual: boolean
  private timers = new Set<NodeJS.Timeout>()
  private ticker: NodeJS.Timeout | undefined
  /** The step of an order that has been taken up; a repeated message of the same step changes nothing. */
  private doing = ''
  private asked = false
  /** The group call that has been answered, or is about to be. */
  private answering = ''
  private pocket: NodeJS.Timeout | undefined

  constructor(unit: Town['units'][number], index: number, town: Town, ways: PatrolWays) {
    this.town = town
    this.unit = unit
    this.manual = unit.manual
    this.random = randomOf(1000 + index)
    this.mover = new Mover({
      roads: town.roads,
      junction: junctionNear(town.roads, unit.start),
      speedKmh: [unit.speedKmh * 0.6, unit.speedKmh],
      random: this.random,
      roundM: town.scenario.patrols.roundM,
      nowMs: Date.now()
    })
    const login = () => loginOf(ways.loginsFile, unit.id)
    this.client = new PatrolClient({ gateway: ways.gateway, login, changed: () => this.decide() })
  }

  get online(): boolean {
    return this.client.online
  }

  get status() {
    const { id, name } = this.unit
    return { unitId: id, name, state: this.client.unit?.state ?? 'offline', manual: this.yielded }
  }

  /** By order, or because a person of the team has signed on: then the person's phone speaks for the unit. */
  private get yielded(): boolean {
    const others = this.client.unit?.members.filter(member => member.userId !== this.client.user?.userId) ?? []
    return this.manual || others.length > 0
  }

  start(): void {
    this.client.start()
    this.ticker = setInterval(() => this.tick(), this.town.scenario.patrols.positionMs)
  }

  stop(): void {
    clearInterval(this.ticker)
    clearTimeout(this.pocket)
    this.forget()
    this.client.stop()
  }

  async setManual(manual: boolean): Promise<void> {
    this.manual = manual
    this.forget()
    if (manual && this.client.online) await this.client.command({ kind: 'offDuty' })
    this.decide()
  }

  private forget(): void {
    for (const timer of this.timers) clearTimeout(timer)
    this.timers = new Set()
    this.doing = ''
    this.asked = false
  }

  /** Looks at what the gateway says and takes the next step, once. */
  private decide(): void {
    const { unit, tasks } = this.client
    if (!unit || this.yielded) this.forget()
    if (!unit) return
    this.hearCall()
    if (this.yielded) this.makeRoom(tasks.size)
    else if (unit.state === 'offDuty') this.signOn()
    else this.work([...tasks.values()])
  }

  /** A group call stands on the phone at once and is confirmed after a look; a person's own phone answers for itself. */
  private hearCall(): void {
    const { groupCall, unit } = this.client
    if (this.yielded || unit?.state === 'offDuty' || !groupCall || groupCall.confirmed) {
      clearTimeout(this.pocket)
      this.answering = ''
      return
    }
    const { id } = groupCall
    if (this.answering === id) return
    this.answering = id
    void this.client.answerGroupCall({ id, what: 'shown' })
    const [least = 0, most = 0] = this.town.scenario.patrols.acceptAfterMs
    const confirm = async () => {
      // Not reached: the next look at the state answers it again.
      if (!(await this.client.answerGroupCall({ id, what: 'confirmed' }))) this.answering = ''
    }
    this.pocket = setTimeout(() => void confirm(), least + (most - least) * this.random())
  }

  private work(tasks: readonly PatrolTask[]): void {
    const [task] = tasks.toSorted((a, b) => stageOrder(b.assignmentState) - stageOrder(a.assignmentState))
    if (!task) {
      if (this.doing !== '') this.mover.goOn()
      this.forget()
      return
    }
    const step = `${task.assignmentId} ${task.assignmentState}`
    if (step === this.doing) return
    this.forget()
    this.doing = step
    this.take(task)
  }

  /** Not asked again for a while: an answer may be on its way, and a refusal stays a refusal. */
  private signOn(): void {
    if (this.asked) return
    this.asked = true
    this.after([ASK_AGAIN_MS, ASK_AGAIN_MS], async () => {
      this.asked = false
    })
    void this.send({ kind: 'onDuty' })
  }

  /** A person of the team has signed on: the simulated one goes home as soon as no order holds it. */
  private makeRoom(orders: number): void {
    const mine = this.client.unit?.members.some(member => member.userId === this.client.user?.userId)
    if (mine && orders === 0 && !this.manual) void this.client.command({ kind: 'offDuty' })
  }

  private take(task: PatrolTask): void {
    const { acceptAfterMs, reportAfterMs, clearAfterMs, hurry, reports } = this.town.scenario.patrols
    const { assignmentId } = task
    switch (task.assignmentState) {
      case 'offered':
        this.after(acceptAfterMs, () => this.send({ kind: 'accept', assignmentId }))
        break
      case 'enRoute':
        this.mover.at(Date.now())
        // Without a place there is nowhere to drive to: it counts as reached.
        if (!task.position || !this.mover.goTo(task.position, this.unit.speedKmh * hurry))
          this.after(acceptAfterMs, () => this.send({ kind: 'arrive', assignmentId }))
        break
      case 'arrived': {
        const text = reports[Math.floor(this.random() * reports.length)] ?? ''
        this.after(reportAfterMs, async () => {
          await this.send({ kind: 'report', assignmentId, text })
          this.after(clearAfterMs, () => this.send({ kind: 'clear', assignmentId }))
        })
      }
    }
  }

  private tick(): void {
    const place = this.mover.at(Date.now())
    this.decide()
    if (!this.client.online || this.yielded || this.client.unit?.state === 'offDuty') return
    void this.client.position({ ...place, accuracyM: 5, atMs: Date.now() })
    const task = [...this.client.tasks.values()].find(one => one.assignmentState === 'enRoute')
    if (task && this.mover.arrived) void this.send({ kind: 'arrive', assignmentId: task.assignmentId })
  }

  private async send(command: PatrolCommand['command']): Promise<void> {
    const result = await this.client.command(command)
    // Not reached: the step is taken again at the next message or the next connection.
    if (!result) this.forget()
  }

  private after([least, most]: readonly number[], act: () => Promise<void>): void {
    const delayMs = (least ?? 0) + ((most ?? 0) - (least ?? 0)) * this.random()
    const timer = setTimeout(() => {
      this.timers.delete(timer)
      void act()
    }, delayMs)
    this.timers.add(timer)
  }
}

function stageOrder(state: Stage): number {
  return ['offered', 'enRoute', 'arrived'].indexOf(state)
}

/** The last person of a unit is the simulated one, so that the first log-in of a team is free for a visitor. */
function loginOf(file: string, unitId: string): { readonly login: string; readonly password: string } | undefined {
  let text: string
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return undefined
  }
  const found = text.split('\n').findLast(line => line.endsWith(`(${unitId})`))
  const [login, password] = found?.trim().split(/\s+/) ?? []
  return login && password ? { login, password } : undefined
}
