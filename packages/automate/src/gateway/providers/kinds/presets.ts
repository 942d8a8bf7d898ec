/** Base URLs of servers that speak as OpenAI does. */
export const presets: Readonly<Record<string, string>> = {
  Ollama: 'http://127.0.0.1:11434/v1',
  vLLM: 'http://127.0.0.1:8000/v1',
  'llama.cpp': 'http://127.0.0.1:8080/v1',
  'LM Studio': 'http://127.0.0.1:1234/v1',
  OpenRouter: 'https://openrouter.ai/api/v1',
  Groq: 'https://api.groq.com/openai/v1',
  Together: 'https://api.together.xyz/v1',
  DeepSeek: 'https://api.deepseek.com/v1',
  Fireworks: 'https://api.fireworks.ai/inference/v1',
  xAI: 'https://api.x.ai/v1',
};

export const presetText = Object.entries(presets)
  .map(([name, url]) => `${name} \`${url}\``)
  .join(', ');
