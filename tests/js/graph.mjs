// A small graph with Open Canvas's state and nodes, for the JavaScript server. Its model is scripted by the words of the newest message:
// "reply", "fail" (it breaks off in the middle), "slow", "long"; everything else writes, or rewrites, an artifact.
import { Annotation, END, START, StateGraph, messagesStateReducer } from "@langchain/langgraph";
import { BaseChatModel } from "@langchain/core/language_models/chat_models";
import { AIMessageChunk } from "@langchain/core/messages";
import { ChatGenerationChunk } from "@langchain/core/outputs";

const TURN_KEYS = [
  "highlightedCode", "highlightedText", "next", "language", "artifactLength", "regenerateWithEmojis", "readingLevel", "addComments",
  "addLogs", "fixBugs", "portLanguage", "customQuickActionId", "webSearchEnabled", "webSearchResults",
];
const messages = () => Annotation({ reducer: messagesStateReducer, default: () => [] });
const State = Annotation.Root({
  messages: messages(),
  _messages: messages(),
  artifact: Annotation(),
  ...Object.fromEntries(TURN_KEYS.map((key) => [key, Annotation()])),
});

class Scripted extends BaseChatModel {
  constructor(text, wish, tool) {
    super({});
    Object.assign(this, { text, wish, tool });
  }
  _llmType() {
    return "scripted";
  }
  async _generate() {
    throw new Error("it only streams");
  }
  async *_streamResponseChunks(_messages, _options, runManager) {
    const pieces = this.text.match(/\s*\S+|\s+$/gu) ?? [];
    for (const [at, piece] of pieces.entries()) {
      if (this.wish.includes("fail") && at === 7) throw new Error("the model broke off");
      if (this.wish.includes("slow")) await new Promise((done) => setTimeout(done, 40));
      const first = at === 0 ? { name: this.tool, id: "call_1" } : {};
      const message = new AIMessageChunk(
        this.tool ? { content: "", tool_call_chunks: [{ ...first, args: piece, index: 0, type: "tool_call_chunk" }] } : { content: piece },
      );
      const chunk = new ChatGenerationChunk({ message, text: this.tool ? "" : piece });
      yield chunk;
      await runManager?.handleLLMNewToken(chunk.text, undefined, undefined, undefined, undefined, { chunk });
    }
  }
}

const words = (state) => {
  const newest = (state._messages ?? []).filter((message) => message.getType() === "human").at(-1);
  return typeof newest?.content === "string" ? newest.content : "";
};
const say = async (text, state, name) => {
  const model = new Scripted(text, words(state));
  const answer = await (name ? model.withConfig({ runName: name }) : model).invoke(words(state));
  return { text: answer.content, message: answer };
};
const current = (artifact) => artifact.contents.find((version) => version.index === artifact.currentIndex) ?? artifact.contents.at(-1);
const append = (artifact, version) => {
  const index = Math.max(0, ...(artifact?.contents ?? []).map((each) => each.index)) + 1;
  return { artifact: { currentIndex: index, contents: [...(artifact?.contents ?? []), { ...version, index }] } };
};
const essay = (state) => {
  const long = words(state).includes("long") ? 40 : 3;
  const lines = Array.from({ length: long }, (_, at) => `Line ${at + 1} is about 🤖 robots, Straße and 漢字; “quoted” \\ and "plain".`);
  return `# ${words(state).slice(0, 20)}\n\n${lines.join("\n\n")}\n`;
};

const route = (state) => {
  if (state.highlightedCode) return "updateArtifact";
  if (state.highlightedText) return "updateHighlightedText";
  if (state.language || state.artifactLength || state.regenerateWithEmojis || state.readingLevel) return "rewriteArtifactTheme";
  if (state.addComments || state.addLogs || state.fixBugs || state.portLanguage) return "rewriteCodeArtifactTheme";
  if (words(state).includes("reply")) return "replyToGeneralInput";
  return state.artifact ? "rewriteArtifact" : "generateArtifact";
};

const generateArtifact = async (state) => {
  const told = { type: "text", language: "other", isValidReact: false, artifact: essay(state), title: "Robots 🤖" };
  const answer = await new Scripted(JSON.stringify(told), words(state), "generate_artifact").invoke(words(state));
  const { artifact, title } = answer.tool_calls[0].args;
  return append(undefined, { type: "text", title, fullMarkdown: artifact });
};
const rewriteArtifact = async (state) => {
  const old = current(state.artifact);
  await say(JSON.stringify({ type: "text", title: old.title, language: "other" }), state, "optionally_update_artifact_meta");
  const { text } = await say(`Again.\n\n${essay(state)}`, state, "rewrite_artifact_model_call");
  return append(state.artifact, { type: "text", title: old.title, fullMarkdown: text });
};
const rewriteArtifactTheme = async (state) => {
  const old = current(state.artifact);
  const key = ["language", "artifactLength", "readingLevel"].map((name) => state[name]).find(Boolean) ?? "emojis";
  const { text } = await say(`[${key}] ${old.fullMarkdown}`, state);
  return append(state.artifact, { ...old, fullMarkdown: text });
};
const rewriteCodeArtifactTheme = async (state) => {
  const old = current(state.artifact);
  const { text } = await say(`// ${state.portLanguage ?? "changed"}\n${old.code}`, state);
  return append(state.artifact, { ...old, language: state.portLanguage ?? old.language, code: text });
};
const updateArtifact = async (state) => {
  const old = current(state.artifact);
  const { startCharIndex: start, endCharIndex: end } = state.highlightedCode;
  const { text } = await say(`«${old.code.slice(start, end).toUpperCase()}»`, state);
  return append(state.artifact, { ...old, code: old.code.slice(0, start) + text + old.code.slice(end) });
};
const updateHighlightedText = async (state) => {
  const { fullMarkdown, markdownBlock } = state.highlightedText;
  if (!fullMarkdown.includes(markdownBlock)) throw new Error("the block is no part of the whole");
  const { text } = await say(`«${markdownBlock.toUpperCase()}»`, state);
  return append(state.artifact, { ...current(state.artifact), fullMarkdown: fullMarkdown.replace(markdownBlock, () => text) });
};
const speak = (text) => async (state) => {
  const { message } = await say(text(state), { ...state, _messages: state._messages.filter(() => !words(state).includes("fail")) });
  return { messages: [message], _messages: [message] };
};
const cleanState = async () => Object.fromEntries(TURN_KEYS.map((key) => [key, null]));

const WRITERS = {
  generateArtifact, rewriteArtifact, rewriteArtifactTheme, rewriteCodeArtifactTheme, updateArtifact, updateHighlightedText,
};
const builder = new StateGraph(State)
  .addNode("generatePath", async (state) => ({ next: route(state) }))
  .addNode("replyToGeneralInput", speak((state) => `You said 🤖: ${words(state)}`))
  .addNode("generateFollowup", speak((state) => `Here it is, version ${state.artifact.currentIndex}.`))
  .addNode("cleanState", cleanState)
  .addEdge(START, "generatePath")
  .addEdge("replyToGeneralInput", "cleanState")
  .addEdge("generateFollowup", "cleanState")
  .addEdge("cleanState", END);
for (const [name, write] of Object.entries(WRITERS)) builder.addNode(name, write).addEdge(name, "generateFollowup");
builder.addConditionalEdges("generatePath", (state) => state.next, ["replyToGeneralInput", ...Object.keys(WRITERS)]);
export const agent = builder.compile();

// Open Canvas serves its helpers beside the agent; every turn of it leaves threads of theirs behind.
const helper = new StateGraph(Annotation.Root({ done: Annotation() })).addNode("work", async () => ({ done: true }));
export const reflection = helper.addEdge(START, "work").addEdge("work", END).compile();
export const thread_title = reflection;
