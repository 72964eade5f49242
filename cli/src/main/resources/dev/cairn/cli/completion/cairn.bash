# Completion of cairn for bash, made by: cairn completion bash

# Sets, for the command of path $1 such as 'remote add': commands, options, values (OPTION:KIND) and operands (a KIND each, with
# a + when all that follows is alike). A KIND is files, folders, nothing, =WORD,WORD or what 'cairn complete' takes.
_cairn_command() {
    case $1 in
@COMMANDS@
    esac
}

# Sets kind to that of the value of option $1; fails where it takes none.
_cairn_value() {
    local entry
    for entry in $values $global_values; do
        if [[ ${entry%%:*} == "$1" ]]; then
            kind=${entry#*:}
            return 0
        fi
    done
    return 1
}

# Sets bare to what the program gets for $1, a word of the line that may not be complete yet.
_cairn_bare() {
    case $1 in
        \'*) bare=${1:1} bare=${bare%\'} ;;
        \"*) bare=${1:1} bare=${bare%\"} ;;
        *) IFS= read bare <<<"$1" ;;
    esac
    [[ ${1:0:2} != \~/ ]] || bare=$HOME/${bare:2}
}

# Offers what is of kind $1 and begins with $2. What bash takes for words of their own, up to the last = : or @, it keeps itself;
# of a word that began with a quote, nothing.
_cairn_offer() {
    local kept='' quote='' bare='' candidate
    [[ $2 != [\'\"]* ]] || quote=${2:0:1}
    if [[ -z $quote && $2 == *[=:@]* ]]; then
        _cairn_bare "${2%"${2##*[=:@]}"}"
        kept=$bare
    fi
    _cairn_bare "$2"
    case $1 in
        nothing) ;;
        files) compopt -o bashdefault -o default 2>/dev/null ;;
        folders) compopt -o dirnames 2>/dev/null ;;
        *)
            while IFS= read -r candidate; do
                [[ $candidate == "$bare"* && -n $candidate ]] || continue
                # Of a snapshot's name a colon may follow, of a folder's more.
                [[ $1 != places || ($candidate == *:* && $candidate != */) ]] || compopt -o nospace 2>/dev/null
                candidate=${candidate#"$kept"}
                [[ -n $quote ]] || printf -v candidate '%q' "$candidate"
                COMPREPLY+=("$candidate")
            done < <(
                case $1 in
                    =*) printf '%s\n' "${1:1}" | tr , '\n' ;;
                    places) "$program" complete places ${asked[@]+"${asked[@]}"} -- "$bare" ;;
                    *) "$program" complete "$1" ${asked[@]+"${asked[@]}"} ;;
                esac 2>/dev/null </dev/null
            )
            ;;
    esac
}

# Adds option $1 with value $2 to asked, where it says which repository is meant or which key opens it.
_cairn_asked() {
    local bare
    case $1 in
        -r | --repo | -P | --profile | --config | --key-file | --password-file | --password-command | --recovery-code-file)
            _cairn_bare "$2"
            asked+=("$1" "$bare")
            ;;
    esac
}

_cairn() {
@GLOBAL@
    local commands='' options='' values='' operands='' kind='' path='' pending='' plain='' word current
    local program=${COMP_WORDS[0]} count=0 glued='' i
    local asked=() line=() list=()
    COMPREPLY=()
    [[ ${program:0:2} != \~/ ]] || program=$HOME/${program:2}

    # The words as the program gets them: bash cuts at = : and @ too.
    for ((i = 1; i <= COMP_CWORD; i++)); do
        word=${COMP_WORDS[i]}
        if ((i == COMP_CWORD)) && [[ -z $word && ${COMP_LINE:COMP_POINT-1:1} == [[:blank:]] ]]; then
            glued=''
        fi
        if ((${#line[@]} > 0)) && [[ -n $glued || $word =~ ^[=:@]+$ ]]; then
            line[${#line[@]} - 1]+=$word
        else
            line+=("$word")
        fi
        glued=''
        [[ ! $word =~ ^[=:@]+$ ]] || glued=yes
    done
    current=${line[${#line[@]} - 1]}
    unset "line[${#line[@]} - 1]"

    _cairn_command ''
    for word in ${line[@]+"${line[@]}"}; do
        if [[ -n $pending ]]; then
            _cairn_asked "$pending" "$word"
            pending=''
        elif [[ -n $plain ]]; then
            count=$((count + 1))
        elif [[ $word == -- ]]; then
            plain=yes
        elif [[ $word == --*=* ]]; then
            _cairn_asked "${word%%=*}" "${word#*=}"
        elif [[ $word == -?* ]]; then
            ! _cairn_value "$word" || pending=$word
        elif [[ " $commands " == *" $word "* ]]; then
            path+=${path:+ }$word
            _cairn_command "$path"
        else
            count=$((count + 1))
        fi
    done

    if [[ -n $pending ]]; then
        _cairn_value "$pending" && _cairn_offer "$kind" "$current"
    elif [[ -z $plain && $current == --*=* ]]; then
        _cairn_value "${current%%=*}" && _cairn_offer "$kind" "${current#*=}"
    elif [[ -z $plain && $current == -* ]]; then
        while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$options $global_options" -- "$current")
    elif [[ -n $commands ]]; then
        while IFS= read -r word; do COMPREPLY+=("$word"); done < <(compgen -W "$commands" -- "$current")
    else
        read -r -a list <<<"$operands"
        if ((${#list[@]} > 0)); then
            if ((count < ${#list[@]})); then
                kind=${list[count]}
            elif [[ ${list[${#list[@]} - 1]} == *+ ]]; then
                kind=${list[${#list[@]} - 1]}
            else
                kind=nothing
            fi
            _cairn_offer "${kind%+}" "$current"
        fi
    fi
    return 0
}

complete -F _cairn cairn
