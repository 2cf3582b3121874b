/** A screenshot as a file of 256 colours: enough for a dark screen, and a third of the bytes. */
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import type { Locator, Page } from 'playwright-core'

const PALETTE = '[0]split[a][b];[a]palettegen=max_colors=256:stats_mode=full[p];[b][p]paletteuse=dither=sierra2_4a'

/** Needs ffmpeg; throws when it fails. */
export async function smallPicture(what: Page | Locator, file: string): Promise<void> {
  const raw = `${file}.raw.png`
  await what.screenshot({ path: raw })
  execFileSync('ffmpeg', ['-nostdin', '-v', 'error', '-y', '-i', raw, '-filter_complex', PALETTE, file])
  rmSync(raw)
  console.log(file.slice(file.lastIndexOf('/') + 1))
}
