export type TraceLanguage = 'javascript' | 'python' | 'java' | 'go' | 'csharp' | 'ruby';

export interface Frame {
  /** Function as the trace writes it; empty at top level. */
  readonly function: string;
  /** File as the trace writes it; empty if it names none. */
  readonly file: string;
  /** 1-based; absent if the trace names none. */
  readonly line?: number;
  /** Library, framework or runtime code rather than the user's own. */
  readonly library: boolean;
}

/** One exception with its frames, innermost first. */
export interface Raised {
  /** Empty if the trace has frames only. */
  readonly exception: string;
  readonly message: string;
  readonly frames: readonly Frame[];
}

/** The first stack trace of a text. `chain` starts with what was reported and ends with the root cause. */
export interface Trace {
  readonly language: TraceLanguage;
  readonly chain: readonly Raised[];
  /** Another, independent trace follows. */
  readonly others: boolean;
}

const LIBRARY_FILE =
  /(?:^|[\\/])(?:node_modules|site-packages|dist-packages|\.pnpm|vendor[\\/]bundle|gems|rubygems|\.rbenv|\.rvm|\.yarn|vendor)[\\/]|^(?:node:|internal[\\/]|bun:|deno:|ext:|<frozen |<internal:|<anonymous>|native|webpack[\\/](?:bootstrap|runtime))|[\\/]lib(?:64)?[\\/]python\d|[\\/]lib[\\/]ruby[\\/]|[\\/]pkg[\\/]mod[\\/]|[\\/]usr[\\/]local[\\/]go[\\/]src[\\/]|[\\/](?:libexec|sdk[\\/]go[\d.]+|go[\d.]*)[\\/]src[\\/](?:runtime|net|fmt|os|io|sync|testing|reflect|encoding|database|bytes|strings|context|errors|log|time|internal|syscall)[\\/]/;

/** Whether the file of a frame belongs to a library or the runtime, by where it lies. */
export const isLibraryFile = (file: string): boolean => LIBRARY_FILE.test(file.replace(/^file:\/\//, ''));

const JVM_LIBRARIES =
  'java javax jdk sun com.sun jakarta kotlin kotlinx scala groovy clojure org.springframework org.apache org.hibernate org.junit junit org.eclipse org.jboss org.gradle org.mockito org.slf4j org.postgresql org.h2 org.aspectj org.codehaus org.glassfish io.netty io.micrometer io.grpc io.vertx io.quarkus com.fasterxml com.google.common com.google.gson com.zaxxer com.mysql reactor rx ch.qos okhttp3 retrofit2 feign lombok worker.org.gradle net.bytebuddy software.amazon.awssdk com.amazonaws android androidx dalvik';
const NET_LIBRARIES =
  'System Microsoft Newtonsoft MediatR Npgsql Dapper Xunit NUnit Moq Castle AutoMapper Serilog Polly Grpc StackExchange FluentValidation FluentAssertions MassTransit Hangfire Swashbuckle lambda_method';

const startsWithOneOf = (prefixes: string) => {
  const known = new Set(prefixes.split(' '));
  return (qualified: string): boolean => {
    const parts = qualified.split(/[.(/]/, 3);
    return parts.some((_, count) => known.has(parts.slice(0, count + 1).join('.')));
  };
};

/** Whether a qualified Java method is a library's, by its package. */
export const isJvmLibrary = startsWithOneOf(JVM_LIBRARIES);

/** Whether a qualified .NET method is a library's, by its namespace. */
export const isNetLibrary = startsWithOneOf(NET_LIBRARIES);
