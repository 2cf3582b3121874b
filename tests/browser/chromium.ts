/** Debian's Chromium for tests and pictures: nothing of it leaves the machine, its profile is a folder of the caller. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type BrowserContext, chromium, type Page } from 'playwright-core'

const CHROMIUM = '/usr/bin/chromium'
const ARGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // Maps are drawn by WebGL, here in software.
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader'
]

export interface WindowOptions {
  /** The profile goes below it, one for each name. */
  readonly dir: string
  readonly name: string
  readonly width: number
  readonly height: number
  readonly scale?: number
  readonly language?: 'zh-CN' | 'en'
  /** A WAV file that is spoken into the page, again and again. */
  readonly microphone?: string
  /** A camera that shows a moving test picture. */
  readonly camera?: boolean
  /** Granted to the page, as a phone's owner would. */
  readonly position?: { readonly latitude: number; readonly longitude: number }
}

/** One browser of its own; close its context to end it. Throws a sentence when Chromium is missing. */
export async function openBrowser(options: WindowOptions): Promise<BrowserContext> {
  if (!existsSync(CHROMIUM)) throw new Error(`${CHROMIUM} is missing: apt-get install chromium`)
  const { position, microphone, camera = false } = options
  const seen =
    camera || microphone !== undefined ? ['--use-fake-device-for-media-stream', '--use-fake-ui-for-media-stream'] : []
  const spoken = microphone === undefined ? [] : [`--use-file-for-fake-audio-capture=${microphone}`]
  const context = await chromium.launchPersistentContext(join(options.dir, `chromium-${options.name}`), {
    executablePath: CHROMIUM,
    args: [...ARGS, ...seen, ...spoken],
    viewport: { width: options.width, height: options.height },
    deviceScaleFactor: options.scale ?? 1,
    locale: options.language ?? 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    ...(position ? { geolocation: position, permissions: ['geolocation'] } : {})
  })
  // On a loaded machine what is slow is not wrong.
  context.setDefaultTimeout(60_000)
  return context
}

/** The first page of a context, which a persistent one opens by itself. */
export async function firstPage(context: BrowserContext): Promise<Page> {
  return context.pages()[0] ?? context.newPage()
}
