/** Debian's Chromium for tests and pictures: nothing of it leaves the machine, its profile is a folder of the caller. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'

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
  /** The browser's profile goes below it, named after its first window. */
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

/** Windows of one process share a browser, as those of a desk do: one for each of seven windows was a fifth of the work of their test. */
let desk: Promise<Browser> | undefined
let windows = 0

/** One window, which knows nothing of the others; close its context to end it. Throws a sentence when Chromium is missing. */
export async function openBrowser(options: WindowOptions): Promise<BrowserContext> {
  if (!existsSync(CHROMIUM)) throw new Error(`${CHROMIUM} is missing: apt-get install chromium`)
  const { position, microphone, camera = false } = options
  // What is heard and seen is said when a browser starts, for all its windows.
  const own = camera || microphone !== undefined
  if (!own) {
    windows++
    desk ??= launch(options)
  }
  const browser = await (own || !desk ? launch(options, seenAndHeard(microphone)) : desk)
  const context = await browser.newContext({
    viewport: { width: options.width, height: options.height },
    deviceScaleFactor: options.scale ?? 1,
    locale: options.language ?? 'zh-CN',
    timezoneId: 'Asia/Shanghai',
    ...(position ? { geolocation: position, permissions: ['geolocation'] } : {})
  })
  const close = context.close.bind(context)
  const end = async () => {
    await close()
    if (!own && --windows > 0) return
    if (!own) desk = undefined
    await browser.close()
  }
  let ended: Promise<void> | undefined
  context.close = () => {
    ended ??= end()
    return ended
  }
  // A test that leaves a half-typed form means it.
  context.on('dialog', dialog => void (dialog.type() === 'beforeunload' ? dialog.accept() : dialog.dismiss()))
  // On a loaded machine what is slow is not wrong.
  context.setDefaultTimeout(60_000)
  return context
}

/** Its first, empty page lies behind the windows. */
async function launch({ dir, name }: WindowOptions, more: readonly string[] = []): Promise<Browser> {
  const profile = join(dir, `chromium-${name}`)
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: CHROMIUM,
    args: [...ARGS, ...more]
  })
  const browser = context.browser()
  if (!browser) throw new Error(`${CHROMIUM} opens no windows beside its first page`)
  return browser
}

const seenAndHeard = (microphone: string | undefined) => [
  '--use-fake-device-for-media-stream',
  '--use-fake-ui-for-media-stream',
  ...(microphone === undefined ? [] : [`--use-file-for-fake-audio-capture=${microphone}`])
]

/** The first page of a context. */
export async function firstPage(context: BrowserContext): Promise<Page> {
  return context.pages()[0] ?? context.newPage()
}
