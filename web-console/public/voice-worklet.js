/* Plays voice of 8 kHz as it comes: waits for a little of it, so that an uneven line does not stutter, and never falls far behind. Loaded as it is. */
const RATE = 8000
const BEGIN = 0.08 * RATE
const MAX_BEHIND = 0.4 * RATE

class VoiceOut extends AudioWorkletProcessor {
  constructor({ processorOptions }) {
    super()
    this.all = processorOptions?.all === true
    this.steps = []
    this.waiting = 0
    this.at = 0
    this.playing = false
    this.over = false
    this.played = 0
    this.port.onmessage = ({ data }) => {
      if (data === 'over') this.over = true
      else {
        this.steps.push(data)
        this.waiting += data.length
      }
    }
  }

  process(_, [[out]]) {
    if (!this.playing && (this.waiting >= BEGIN || (this.over && this.waiting > 0))) this.playing = true
    // What was said from the beginning is played whole; of what is said now the old is left out.
    if (!this.all && this.waiting > MAX_BEHIND) this.skip(this.waiting - BEGIN)
    if (!this.playing) {
      if (this.over) this.port.postMessage({ played: this.played, end: true })
      return !this.over
    }
    for (let i = 0; i < out.length; i += 1) {
      const step = this.steps[0]
      if (!step) {
        this.playing = false
        break
      }
      out[i] = step[this.at]
      this.at += 1
      this.waiting -= 1
      this.played += 1
      if (this.at < step.length) continue
      this.steps.shift()
      this.at = 0
    }
    if (Math.floor(this.played / 1600) !== Math.floor((this.played - out.length) / 1600))
      this.port.postMessage({ played: this.played })
    return true
  }

  skip(samples) {
    while (samples > 0 && this.steps.length > 1) {
      const gone = this.steps.shift().length - this.at
      this.at = 0
      this.waiting -= gone
      samples -= gone
    }
  }
}

registerProcessor('voice-out', VoiceOut)

/* The microphone in steps of 20 ms. */
class VoiceIn extends AudioWorkletProcessor {
  constructor() {
    super()
    this.step = new Float32Array(160)
    this.at = 0
  }

  process([[samples]]) {
    for (let i = 0; samples && i < samples.length; i += 1) {
      this.step[this.at] = samples[i]
      this.at += 1
      if (this.at < this.step.length) continue
      this.port.postMessage(this.step)
      this.step = new Float32Array(160)
      this.at = 0
    }
    return true
  }
}

registerProcessor('voice-in', VoiceIn)
